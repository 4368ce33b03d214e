/** Runs a jobflow that is an object on a server, and follows it. */
import type { Json, ProcessFields } from "#contract";
import { resolvePath } from "#kernel";
import type { Client } from "./client.ts";
import { consoleLines } from "./console-lines.ts";
import type { EndedProcess } from "./process-end.ts";

export interface RemoteRun {
  parameters: Record<string, Json>;
  onLine: (text: string) => void;
}

/** Resolves when the process has ended; its children and what it spawned go on by themselves on the server. */
export async function runRemote(
  client: Client,
  target: string,
  run: RemoteRun,
): Promise<EndedProcess> {
  const path = resolvePath(target);
  await client.assertType(path, "Jobflow", "Send messages to channels with `tsunagi send`.");
  const process = await client.start(path, run.parameters);
  for await (const line of consoleLines(client, process, { follow: true })) run.onLine(line.text);
  const { fields } = await client.get(process);
  return { process, fields: fields as unknown as ProcessFields };
}
