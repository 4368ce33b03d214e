import { readFileSync } from "node:fs";

const description = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as { version: string };

/** The release of this program, such as `0.1.0`. */
export const version = description.version;
