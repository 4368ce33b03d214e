import { describe, expect, test } from "vitest";
import { loadLanguage } from "#kernel";
import { diagnose } from "../analysis/checker.ts";
import { EditorDocument } from "./document.ts";
import { hoverAt } from "./hover.ts";
import { outlineOf, type OutlineItem } from "./outline.ts";
import { signatureAt } from "./signature.ts";
import { smallWorld } from "./small-world.ts";
import { definitionAt, referencesAt } from "./symbols.ts";
import { tokensOf } from "./tokens.ts";

await loadLanguage("ja");

/** `‸` is the cursor. */
function at(marked: string, language: "en" | "ja" = "en") {
  const offset = marked.indexOf("‸");
  const source = marked.slice(0, offset) + marked.slice(offset + 1);
  return {
    document: new EditorDocument(source, { surroundings: smallWorld, language }),
    offset,
    source,
  };
}

describe("tokens", () => {
  const seen = (source: string): string[] =>
    tokensOf(new EditorDocument(source)).map(
      ({ kind, start, end }) => `${kind} ${source.slice(start, end)}`,
    );

  test("say what everything is", () => {
    expect(seen("|a| { __host__ = a | ['ls $a ${sh(a)} $HOME': timeout = 5] } # end")).toEqual([
      "operator |",
      "parameter a",
      "operator |",
      "bracket {",
      "context __host__",
      "operator =",
      "parameter a",
      "operator |",
      "bracket [",
      "command '",
      "command ls ",
      "interpolation $a",
      "command  ",
      "interpolation ${",
      "builtin sh",
      "bracket (",
      "parameter a",
      "bracket )",
      "interpolation }",
      "command  ",
      "command $HOME",
      "command '",
      "operator :",
      "argument timeout",
      "operator =",
      "number 5",
      "bracket ]",
      "bracket }",
      "comment # end",
    ]);
    expect(
      seen("[x = {key: /a/b.field, b: ['c', r'd', $STATUS, not null]}] ->> print('$x $ERRORが')"),
    ).toEqual(
      expect.arrayContaining([
        "variable x",
        "key key",
        "path /a/b",
        "field field",
        "string c",
        "pattern d",
        "special $STATUS",
        "keyword not",
        "connector ->>",
        "builtin print",
        "interpolation $x",
      ]),
    );
  });

  test("a command that is not closed yet is one already", () => {
    expect(seen("print(1)\n-> ['uname\n-> print(2)")).toContain("command uname");
  });

  test("a part of the text has the tokens of the whole", () => {
    const source = "|a| ['x $a'] -> print('''\n$a''') -> [b = a]";
    const document = new EditorDocument(source);
    const whole = tokensOf(document);
    for (let start = 0; start < source.length; start++) {
      const part = tokensOf(document, { start, end: start + 5 });
      expect(part).toEqual(whole.filter((token) => token.end >= start && token.start <= start + 5));
    }
  });
});

test("diagnostics are those of the checker, in the language of the reader", () => {
  const source = "|service| print(servce)\n-> [/notify/oncall: 1]";
  const document = new EditorDocument("", { surroundings: smallWorld });
  document.update(source);
  expect(document.diagnostics()).toEqual(diagnose(source, smallWorld).diagnostics);
  document.language = "ja";
  expect(document.diagnostics()[0]?.message).toBe("変数'servce'はありません");
});

describe("hover", () => {
  test.each([
    ["|service = 1| print(ser‸vice)", "parameter service", "|service = 1|", "set in line 1"],
    ["[x = 1]\n-> [x = 2]\n-> print('$‸x')", "variable x", "x = 1", "set in line 1, 2"],
    [
      "[n = /nodes/web01] -> print(‸n.status)",
      "variable n",
      "n = /nodes/web01",
      "set in line 1\ntype: Server",
    ],
    ["['a'] -‸> print(1)", "->", "A -> B", "then, must succeed."],
    ["['a'] =‸>> print(1)", "=>>", "A =>> B", "only if it failed."],
    ["print(up‸per('a'))", "upper", "upper(text)", "The text in upper case."],
    ["{ ti‸meout 30 | }", "timeout", "{ timeout 30 | jobs else: jobs }", "Gives up"],
    ["['x': timeo‸ut = 3]", "timeout", "timeout = …", "After so many seconds"],
    ["[/notify/on‸_call: 'a']", "/notify/on_call", "|text| |urgent = …|", "type: Jobflow"],
    ["[./no‸thing]", "/ops/nothing", "", "nothing stands there"],
    ["print(/nodes/web01.sta‸tus)", "Server.status", "choice: up, down", ""],
    [
      "[/nodes.ad‸d: 'a', 'Server']",
      "add",
      "add: 'name', 'Type', field = value",
      "Makes an object",
    ],
    ["print($STA‸TUS)", "$STATUS", "", "How the last job ended"],
    ["print('$RES‸ULTが')", "$RESULT", "", "What the last job gave"],
    ["{ __ho‸st__ = 'a' | }", "__host__", "", "The host, by name or address"],
    ["|a| [se‸lf: 1]", "self", "|a|", "The innermost flow or closure"],
  ])("%s", (marked, title, signature, text) => {
    const { document, offset } = at(marked);
    const hover = hoverAt(document, offset);
    expect(hover).toMatchObject({ title, signature });
    expect(hover?.text).toContain(text);
  });

  test("is in Japanese for who reads Japanese", () => {
    const { document, offset } = at("['a'] -‸> print(1)", "ja");
    expect(hoverAt(document, offset)?.text).toContain("成功したら次へ");
  });

  test.each(["print( ‸ 1)", "print('te‸xt')", "# co‸mment"])("%s has nothing to say", (marked) => {
    const { document, offset } = at(marked);
    expect(hoverAt(document, offset)).toBeNull();
  });
});

describe("definition and references", () => {
  test("of a variable: where it is first set, and every place in strings and patterns, too", () => {
    const { document, offset, source } = at(
      "|host| print('$host ${host}') -> { case host | r'(?<host>.)', r'x(?<host>.)': print(host) } -> print(h‸ost)",
    );
    const definition = definitionAt(document, offset);
    expect(definition).toEqual({ kind: "place", span: { start: 1, end: 5 } });
    const places = referencesAt(document, offset).map(({ start, end }) => [
      start,
      source.slice(start, end),
    ]);
    expect(places.map(([, text]) => text)).toEqual(["host", "host", "host", "host", "host"]);
  });

  test("of a path: the object, and where else it is mentioned", () => {
    const { document, offset } = at("[./rep‸ort: 1] -> [x = /ops/report]");
    expect(definitionAt(document, offset)).toMatchObject({ kind: "object", path: "/ops/report" });
    expect(referencesAt(document, offset)).toHaveLength(2);
  });

  test("of self: the beginning of what it calls", () => {
    const { document, offset } = at("print(1) -> [f = {|| [se‸lf]}]");
    expect(definitionAt(document, offset)).toEqual({ kind: "place", span: { start: 17, end: 17 } });
  });
});

describe("outline", () => {
  const shown = (items: readonly OutlineItem[]): unknown[] =>
    items.map(({ kind, label, children }) =>
      children.length > 0 ? [`${kind} ${label}`, shown(children)] : `${kind} ${label}`,
    );

  test("has parameters, blocks, calls, commands, events and closures", () => {
    const { document } = at(
      "|host = 'a'| { if host == 'b' | ['x'] else: [./y: 1] } -> [f = {|n| <./c>}] -> { x = 1 | print(x) }‸",
    );
    expect(shown(outlineOf(document))).toEqual([
      "parameter host = 'a'",
      ["block if host == 'b'", ["command x", "call ./y"]],
      ["closure f|n|", ["event ./c"]],
      "block x",
    ]);
  });
});

describe("signature help", () => {
  test.each([
    ["print(split('a', ‸", "split(text, separator = …)", 1],
    ["print(replace(‸", "replace(text, old, new)", 0],
    ["print(replace('a', new = ‸", "replace(text, old, new)", 2],
    ["[/notify/on_call: 'a', ‸", "[/notify/on_call: text, urgent = …]", 1],
    ["[f = {|a, b| return(a)}] -> [f: 1, ‸]", "[f: a, b]", 1],
    ["|host| [self: ‸]", "[self: host]", 0],
    ["print(1, 2, ‸", "print(values …)", 0],
  ])("%s", (marked, label, active) => {
    const { document, offset } = at(marked);
    expect(signatureAt(document, offset)).toMatchObject({ label, active });
  });

  test("of a command are its options", () => {
    const { document, offset } = at("['x': retry = ‸]");
    expect(signatureAt(document, offset)).toMatchObject({ active: 1 });
  });

  test("is not there where nothing is called", () => {
    const { document, offset } = at("{ if true | ‸ }");
    expect(signatureAt(document, offset)).toBeNull();
  });
});
