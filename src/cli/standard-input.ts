import { text } from "node:stream/consumers";
import { TsunagiError } from "#kernel";

/** All of standard input; a terminal is refused, because somebody would wait for us while we wait for him. */
export async function readInput(what: string): Promise<string> {
  if (process.stdin.isTTY) {
    throw new TsunagiError("USAGE", `${what} is missing`, {
      hint: "Give it as an argument, or send it to standard input.",
    });
  }
  return await text(process.stdin);
}
