import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import * as language from "#language";

test("the example of the editor services prints what is said there", async () => {
  const file = "docs/editor-services.md";
  const text = readFileSync(file, "utf8");
  const code = /```js\n([^]*?)```/.exec(text)?.[1] ?? "";
  const lines: string[] = [];
  const log = (...values: unknown[]): void => {
    const shown = values.map((value) => (typeof value === "string" ? value : inspect(value)));
    lines.push(shown.join(" "));
  };
  // Its import, which a script cannot have, becomes an assignment.
  const script = code.replace(/import (\{[^}]*\}) from "#language";/, "const $1 = language;");
  runInNewContext(script, { language, console: { log } });
  const written = text.replace(
    /```console\n[^]*?```/,
    `\`\`\`console\n${lines.join("\n")}\n\`\`\``,
  );
  // Written anew with `vitest -u`.
  await expect(written).toMatchFileSnapshot(`../${file}`);
});
