/** Keeps Node.js from saying what concerns no operator. */
export function quietProcess(): void {
  dropExperimentalWarnings();
  endQuietlyOnBrokenPipe();
}

/** `node:sqlite` is announced as experimental at each start; every other warning is still printed. */
function dropExperimentalWarnings(): void {
  const printers = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    const isExpected = warning.name === "ExperimentalWarning" && /SQLite/i.test(warning.message);
    if (!isExpected) for (const print of printers) print(warning);
  });
}

/** `tsunagi log /process/1 | head -1` closes our output; that is a wish to stop, no failure. */
function endQuietlyOnBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit();
    });
  }
}
