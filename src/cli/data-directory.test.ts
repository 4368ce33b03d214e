import { expect, test } from "vitest";
import { defaultDataDirectory } from "./data-directory.ts";

test("the data directory is what the environment says, else a folder of the user's", () => {
  const cases: [NodeJS.ProcessEnv, string][] = [
    [{ TSUNAGI_DATA: "/srv/tsunagi", HOME: "/home/a" }, "/srv/tsunagi"],
    [{ XDG_DATA_HOME: "/home/a/.data", HOME: "/home/a" }, "/home/a/.data/tsunagi"],
    [{ TSUNAGI_DATA: "", HOME: "/home/a" }, "/home/a/.local/share/tsunagi"],
  ];
  for (const [environment, directory] of cases) {
    expect(defaultDataDirectory(environment)).toBe(directory);
  }
});
