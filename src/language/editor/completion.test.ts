import { describe, expect, test } from "vitest";
import { completionsAt } from "./completion.ts";
import { EditorDocument } from "./document.ts";
import { smallWorld } from "./small-world.ts";

/** `‸` is the cursor. What follows it stays. */
function offered(marked: string, language: "en" | "ja" = "en") {
  const offset = marked.indexOf("‸");
  const source = marked.slice(0, offset) + marked.slice(offset + 1);
  const document = new EditorDocument(source, { surroundings: smallWorld, language });
  return completionsAt(document, offset);
}

function labels(marked: string): string[] {
  return offered(marked).map(({ label }) => label);
}

/** The text once the first offer of that label is taken. */
function taken(marked: string, label: string): string {
  const source = marked.replace("‸", "");
  const offer = offered(marked).find((each) => each.label === label);
  if (!offer) throw new Error(`'${label}' is not offered, but ${labels(marked).join(" ")}`);
  const { span, insert, caret } = offer;
  return `${source.slice(0, span.start)}${insert.slice(0, caret)}‸${insert.slice(caret)}${source.slice(span.end)}`;
}

describe("names", () => {
  test.each([
    ["|service| print(ser‸)", "service"],
    ["|service| print(ser‸", "service"],
    ["|service| print('hello $ser‸')", "service"],
    ["|service| print('hello $ser‸", "service"],
    ["|service| print('hello $‸", "service"],
    ["|service| print('hello ${ser‸", "service"],
    ["|service| print('hello ${‸}')", "service"],
    ["|service| ['kill ${sh(‸", "service"],
    ["[x = 1] -> print(‸) -> [later = 2]", "later"],
    ["{ for node in /nodes | print(no‸) }", "node"],
    ["{ for node in /nodes | print(no‸", "node"],
    ["{ for key, value in {a: 1} | [x = ‸", "value"],
    ["{ case 'a' | r'(?<code>.)': print(co‸) }", "code"],
    ["{ pfor n in range(3) limit 2 | [y = 1] -> print(‸) }", "n"],
    ["{ pfor n in range(3) limit 2 | [y = 1] -> print(‸) }", "y"],
    ["{ inner = 1 | print(in‸", "inner"],
    ["[f = {|parameter| print(par‸)}]", "parameter"],
    ["[f = {|parameter| print(par‸", "parameter"],
    ["['x'] -> print($RES‸)", "$RESULT"],
    ["['x'] -> print('got $RES‸')", "RESULT"],
    ["[x = 1, y = x + ‸", "x"],
    ["[x = len‸]", "length"],
    ["[x = not tr‸]", "true"],
    ["[__h‸", "__host__"],
    ["{ __us‸", "__user__"],
    ["{ __host__ = 'a', __us‸", "__user__"],
  ])("%s offers %s", (marked, label) => {
    expect(labels(marked)).toContain(label);
  });

  test.each([
    ["{ for node in /nodes | print(node) } -> print(‸)", "node"],
    ["[f = {|parameter| return(1)}] -> print(‸)", "parameter"],
    ["print(1) # ser‸", "print"],
    ["print('ser‸')", "print"],
    ["print(‸)", "__host__"],
    ["print(‸)", "sleep"],
    ["print(1) -> ‸", "upper"],
  ])("%s does not offer %s", (marked, label) => {
    expect(labels(marked)).not.toContain(label);
  });

  test("what begins with what is written comes first", () => {
    expect(labels("|my_host, host| print(ho‸)").slice(0, 2)).toEqual(["host", "my_host"]);
  });

  test("the end of a word is replaced, too", () => {
    expect(taken("|service| print(se‸xx)", "service")).toBe("|service| print(service‸)");
    expect(taken("|service| print('a $se‸ b')", "service")).toBe(
      "|service| print('a $service‸ b')",
    );
  });
});

describe("paths", () => {
  test.each([
    ["[/‸", ["nodes", "notify", "ops"]],
    ["[/no‸]", ["nodes", "notify"]],
    ["[/nodes/‸", ["web01", "web02", "web-03.example.com"]],
    ["[/nodes/we‸", ["web01", "web02", "web-03.example.com"]],
    ["[/nodes/'web-‸'.status << 1]", ["web-03.example.com"]],
    ["[./‸", ["restart", "report", "alerts"]],
    ["[../no‸", ["nodes", "notify"]],
    ["<./al‸>", ["alerts"]],
    ["{ lock /nodes/web01‸ | }", ["web01"]],
    ["[x = 1 2, y = /nodes/web01‸", ["web01"]],
    ["[.‸", ["./restart", "./report", "./alerts"]],
    ["[x = /ops/rep‸ort]", ["report"]],
    ["[x = 6 /‸", []],
  ])("%s offers %j", (marked, expected) => {
    expect(
      labels(marked)
        .filter((label) => !/^[a-z_]+\(|^\$/.test(label))
        .slice(0, 3),
    ).toEqual(expected.length > 0 ? expected : expect.not.arrayContaining(["nodes"]));
  });

  test("a segment that needs quotes gets them", () => {
    expect(taken("[/nodes/web-‸]", "web-03.example.com")).toBe("[/nodes/'web-03.example.com'‸]");
    expect(taken("[/nodes/'web-‸'.status << 1]", "web-03.example.com")).toBe(
      "[/nodes/'web-03.example.com'‸.status << 1]",
    );
  });

  test("what stands there is said, and what it takes", () => {
    const [offer] = offered("[/notify/on‸]");
    expect(offer).toMatchObject({ detail: "Jobflow", documentation: "|text| |urgent = …|" });
  });
});

describe("fields, methods and values", () => {
  test.each([
    ["[/nodes/web01.‸", "address"],
    ["[/nodes/web01.st‸ << 'up']", "status"],
    ["[/nodes/web01.‸", "update"],
    ["print(/nodes/web01.‸)", "status"],
    ["[node = /nodes/web01] -> print(node.‸)", "status"],
    ["[node = /nodes/web01] -> print('${node.st‸}')", "status"],
    ["|node = /nodes/web01| print(node.‸)", "address"],
    ["{ for node in /nodes | print(node.‸) }", "address"],
    ["{ for node in find('Server') | [node.st‸", "status"],
    ["[x = /nodes/'web-03.example.com'.‸]", "address"],
    ["[/nodes/web01 << {‸}]", "status"],
    ["[x = find('Se‸')]", "Server"],
    ["[x = find('Server', ‸)]", "address"],
    ["[/nodes/web01.status << '‸']", "up"],
    ["{ if /nodes/web01.status == 'd‸' | }", "down"],
  ])("%s offers %s", (marked, label) => {
    expect(labels(marked)).toContain(label);
  });

  test("a field says what it is", () => {
    const [offer] = offered("print(/nodes/web01.ad‸)");
    expect(offer).toMatchObject({
      label: "address",
      kind: "field",
      detail: "ip address",
      documentation: "Address\nWhere it is reached.",
    });
  });
});

describe("arguments, jobs and words", () => {
  test.each([
    ["['x': ti‸]", "timeout"],
    ["['x': timeout = 5, ‸", "retry"],
    ["[/notify/on_call: ‸]", "text"],
    ["[/notify/on_call: 'x', ur‸", "urgent"],
    ["[f = {|a, b| return(a)}] -> [f: ‸]", "b"],
    ["|host| [self: ‸]", "host"],
    ["print(split('a', ‸))", "separator"],
    ["spawn(./report, ‸)", "host"],
    ["‸", "print"],
    ["['x'] -> pr‸", "print"],
    ["['x'] -> pr‸\n-> print(1)", "print"],
    ["['x'] -> ", "print"],
    ["['x'] -> ‸", "timeout"],
    ["{ ‸", "if"],
    ["{ if true | ['x'] ‸ }", "else"],
    ["{ if true | ['x'] ‸ }", "->>"],
    ["['x'] ‸", "=>>"],
    ["{ case 'a' | 'b': pr‸ }", "print"],
    ["{ choice | <./alerts> -> print(1) ‸ }", "after"],
    ["[x = 1 ‸]", "and"],
    ["{ timeout 30 | pr‸ }", "print"],
  ])("%s offers %s", (marked, label) => {
    const at = marked.includes("‸") ? marked : `${marked}‸`;
    expect(labels(at)).toContain(label);
  });

  test("what is called gets its parentheses, with the cursor in them", () => {
    expect(taken("[x = upp‸]", "upper")).toBe("[x = upper(‸)]");
    expect(taken("[x = upp‸('a')]", "upper")).toBe("[x = upper‸('a')]");
    expect(taken("[x = uui‸]", "uuid")).toBe("[x = uuid()‸]");
    expect(taken("['x': re‸]", "retry")).toBe("['x': retry = ‸]");
    expect(taken("['x'] -> ‸", "if")).toBe("['x'] -> { if ‸ | }");
    expect(taken("['x'] -> ‸", "fork")).toBe("['x'] -> { fork | ‸}");
    expect(taken("['x'] -> ‸", "for")).toBe("['x'] -> { for ‸ in  | }");
  });

  test("built-ins are explained in the language of the reader", () => {
    expect(offered("[x = upp‸]")[0]).toMatchObject({
      detail: "upper(text)",
      documentation: "The text in upper case.\n  upper('ok')",
    });
    expect(offered("[x = upp‸]", "ja")[0]?.documentation).toContain("大文字にした文字列。");
  });
});
