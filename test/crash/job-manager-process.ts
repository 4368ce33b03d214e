/** A job manager as a program of its own, to be killed: `job-manager-process.ts URL DIRECTORY [ORPHANED_AFTER_MS]`. */
import { startJobManager } from "#job-manager";
import { createLogger } from "#runtime";

const [url = "", directory = "", orphanedAfter] = process.argv.slice(2);
try {
  const manager = startJobManager({
    urlOf: () => url,
    token: "of no matter",
    name: "victim",
    directory,
    ...(orphanedAfter === undefined ? {} : { orphanedAfterMs: Number(orphanedAfter) }),
    logger: createLogger({ name: "job-manager", level: "silent" }),
  });
  process.on("SIGTERM", () => void manager.stop());
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
