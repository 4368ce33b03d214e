/** The command line as a user calls it: arguments in, both outputs and the status out. */
import { execFile } from "node:child_process";

export interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs `bin/tsunagi` without the tester's own server and token in the environment. */
export function tsunagi(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  const { TSUNAGI_SERVER: _server, TSUNAGI_TOKEN: _token, ...rest } = process.env;
  return new Promise((resolve) => {
    execFile("bin/tsunagi", args, { env: { ...rest, ...environment } }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ status, stdout, stderr });
    });
  });
}
