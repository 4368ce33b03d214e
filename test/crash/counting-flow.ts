import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { ProcessFields } from "../../src/contract/index.ts";
import type { ServerProcess } from "./server-process.ts";

/** A flow that counts until it is told to end: in a file, by a command a step, in an object, on its console and in a variable. */
const source = `
|file|
[n = 0]
-> { while not (./control).done |
     [n = n + 1]
     -> ["echo $n >> \${sh(file)}"]
     -> [./control.steps << n]
     -> print('step $n') }
-> return(n)
`;

/** Starts it, and gives the path of its process. */
export async function startCounting({ client }: ServerProcess, file: string): Promise<string> {
  await client.put("/system/types/Control", {
    type: "Type",
    fields: {
      fields: [
        { name: "done", kind: "boolean", default: false },
        { name: "steps", kind: "integer", default: 0 },
      ],
    },
  });
  await client.put("/control", { type: "Control", fields: {} });
  await client.put("/count", { type: "Jobflow", fields: { source } });
  return client.start("/count", { file });
}

/** Tells it to make no further step. */
export async function endCounting({ client }: ServerProcess): Promise<void> {
  await client.patch("/control", { done: true });
}

/** It has ended, and every step was made once, wherever it counts. Gives how many there were. */
export async function expectCountedOnce(
  server: ServerProcess,
  counter: string,
  file: string,
): Promise<number> {
  const { state, result } = await fieldsOf(server, counter);
  const steps = Array.from({ length: Number(result) }, (_, n) => String(n + 1));
  expect(state).toBe("done");
  expect(linesOf(file)).toEqual(steps);
  expect((await server.client.get("/control")).fields).toMatchObject({ steps: Number(result) });
  expect(await consoleOf(server, counter)).toEqual(steps.map((n) => `step ${n}`));
  return steps.length;
}

export async function fieldsOf({ client }: ServerProcess, process: string): Promise<ProcessFields> {
  return (await client.get(process)).fields as unknown as ProcessFields;
}

export async function consoleOf({ client }: ServerProcess, process: string): Promise<string[]> {
  const texts: string[] = [];
  let after = 0;
  for (;;) {
    const { lines } = await client.console(process, after);
    if (lines.length === 0) return texts;
    texts.push(...lines.map((line) => line.text));
    after = lines.at(-1)?.number ?? after;
  }
}

/** The lines that have ended; none where there is no file yet. */
export function linesOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n").slice(0, -1);
  } catch {
    return [];
  }
}
