import { stringify } from "yaml";
import type { Wait } from "#machine";
import { exactly } from "./expected-text.ts";
import type { Asked } from "./given-answers.ts";

/** The lines to add to a case, for what the flow asked for and the test does not say. */

export function answerLines(asked: readonly Asked[]): string[] {
  const different = new Map(asked.map((each) => [JSON.stringify(each), each]));
  return yamlLines({ answers: [...different.values()].map(answerFor) });
}

export function messageLines(channels: readonly string[]): string[] {
  return yamlLines({ messages: Object.fromEntries(channels.map((path) => [path, [{}]])) });
}

export function objectLines(path: string): string[] {
  return yamlLines({ objects: { [path]: { type: "Text", fields: {} } } });
}

export function parameterLines(names: readonly string[]): string[] {
  return yamlLines({ parameters: Object.fromEntries(names.map((name) => [name, ""])) });
}

/** The channels for which a pause waits. */
export function channelsOf(waits: readonly Wait[]): string[] {
  return waits.flatMap((wait) => (wait.kind === "receive" ? wait.channel.path : []));
}

function answerFor({ job, text, host, method }: Asked): Record<string, unknown> {
  const request = exactly(text);
  switch (job) {
    case "command":
    case "session":
      return { [job]: request, ...(host === null ? {} : { host }), output: "" };
    case "urlopen":
      return { urlopen: request, ...(method === "GET" ? {} : { method }), status: 200, body: "" };
    default:
      return { [job]: request, result: null };
  }
}

/** As they stand in a case of a list. */
function yamlLines(value: unknown): string[] {
  return stringify(value, { lineWidth: 0, singleQuote: true })
    .trimEnd()
    .split("\n")
    .map((line) => `  ${line}`);
}
