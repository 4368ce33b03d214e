import { homedir } from "node:os";
import { join } from "node:path";

/** Where `serve` keeps its data without `--data`: $TSUNAGI_DATA, else a folder of the user's, as XDG says. */
export function defaultDataDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.TSUNAGI_DATA) return environment.TSUNAGI_DATA;
  const shared =
    environment.XDG_DATA_HOME || join(environment.HOME || homedir(), ".local", "share");
  return join(shared, "tsunagi");
}
