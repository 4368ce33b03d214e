import { expect, test } from "vitest";
import { nightMistakes } from "../syntax/golden/night-mistakes.ts";
import { diagnose } from "./checker.ts";
import { explainDiagnostic } from "./position.ts";
import { loadLanguage, type Language } from "#kernel";

await loadLanguage("ja");

/** Each source, and what a terminal shows of its diagnostics. */
function explained(language: Language): string {
  return nightMistakes
    .map((source) => {
      const said = diagnose(source)
        .diagnostics.filter(({ severity }) => severity !== "hint")
        .map((diagnostic) => explainDiagnostic(diagnostic, source, "x.jobflow", language));
      return ["=".repeat(72), source, "-".repeat(72), ...said, ""].join("\n");
    })
    .join("\n");
}

test.each(["en", "ja"] as const)("what is typed at night is explained, in %s", async (language) => {
  await expect(explained(language)).toMatchFileSnapshot(`golden/night-mistakes.${language}.txt`);
});

test("every mistake of the night is found", () => {
  const missed = nightMistakes.filter((source) =>
    diagnose(source).diagnostics.every(({ severity }) => severity === "hint"),
  );
  expect(missed).toEqual(["[/nodes/web-01.example.com.status << 'up']"]);
});

test("a single mistake is said once", () => {
  const loud = nightMistakes
    .slice(0, nightMistakes.length - 3)
    .filter((source) => diagnose(source).diagnostics.length > 3);
  expect(loud).toEqual([]);
});
