import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import "../../../test/property-seed.ts";
import { parseSearch } from "./search-parser.ts";
import { printSearch } from "./search-printer.ts";
import {
  comparisons,
  type Literal,
  type Search,
  type SearchFault,
  type Step,
  type Test,
} from "./search-tree.ts";

/** The canonical text of a search. */
function canonical(text: string): string {
  const parsed = parseSearch(text);
  if ("fault" in parsed) throw new Error(`${parsed.fault.at}: ${parsed.fault.message}`);
  return printSearch(parsed.tree);
}

function faultOf(text: string): SearchFault | undefined {
  const parsed = parseSearch(text);
  return "fault" in parsed ? parsed.fault : undefined;
}

describe("a search", () => {
  test.each([
    ["", ""],
    ["  ", ""],
    ['type = Server and rack.site.name = "Tokyo"', "type = 'Server' and rack.site.name = 'Tokyo'"],
    ["a=1 or b = 2 and c=3", "a = 1 or (b = 2 and c = 3)"],
    ["(a=1 or b=2) AND not c=3", "(a = 1 or b = 2) and not c = 3"],
    ["<-Server.rack.status = down", "<-Server.rack.status = 'down'"],
    ["rack.<-Server.rack.status != down", "rack.<-Server.rack.status != 'down'"],
    ["host = web-01.example.com", "host = 'web-01.example.com'"],
    ["cores in (2, 4,8) and x not in (a)", "cores in (2, 4, 8) and not x in ('a')"],
    ["rack = /sites/tokyo/r1", "rack = /sites/tokyo/r1"],
    ["under '/a b' and rack under /x", "under '/a b' and rack under /x"],
    ["x empty or y exists", "x empty or y exists"],
    ["'東京'　and　text ~ '大阪'", "'東京' and text ~ '大阪'"],
    [
      "d > 2026-04-01 and t <= 2026-04-01T09:30:00+09:00",
      "d > 2026-04-01 and t <= 2026-04-01T09:30:00+09:00",
    ],
    ["wait >= 1h30m and a = true and b = null", "wait >= 5400s and a = true and b = null"],
    [String.raw`a = 'it\'s \u6771 \d'`, String.raw`a = 'it\'s 東 \\d'`],
    [
      "`not` = 1 and `under`.x = 2 and `empty` empty",
      "`not` = 1 and `under`.x = 2 and `empty` empty",
    ],
  ])("%s", (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  test.each([
    ["a =", 3, "expected a value, got the end"],
    ["a = 1 b = 2", 6, "expected 'and', 'or' or the end, got 'b'"],
    ["a == 1", 3, "expected a value, got '='"],
    ["(a = 1", 6, "expected ')', got the end"],
    ["a", 1, "expected one of = != < <= > >= ~ !~ in empty exists under, got the end"],
    ["a = 'x", 4, "this text has no closing quote"],
    ["under x", 6, "expected a path such as /nodes"],
    ["and", 0, "expected a field, a text in quotes, or '(', got 'and'"],
    ["<-Server = 1", 9, "expected '.' and a field that refers, got '='"],
  ])("that is wrong says where and what was expected: %s", (text, at, message) => {
    expect(faultOf(text)).toEqual({ at, message });
  });

  test("that is nested too deeply or too long is refused instead of overflowing", () => {
    expect(faultOf("(".repeat(10_000))?.message).toBe("this is nested too deeply");
    expect(faultOf("not ".repeat(4000))?.message).toBe("this is nested too deeply");
    expect(faultOf(" ".repeat(30_000))?.message).toContain("at most");
  });

  test("reads as the same again when it is printed", () => {
    fc.assert(
      fc.property(searches, (search) => {
        const parsed = parseSearch(printSearch(search));
        expect("tree" in parsed ? withoutPlaces(parsed.tree) : parsed).toEqual(
          withoutPlaces(search),
        );
      }),
      { numRuns: 500 },
    );
  });

  test("of any text gives a tree or a fault inside of it", () => {
    const pieces = fc.constantFrom(
      "a",
      "and",
      "or",
      "not",
      "in",
      "(",
      ")",
      "'",
      "=",
      "~",
      "<-",
      ".",
      " ",
      "1d",
      "/x",
      ",",
      "東",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join("");
        const fault = faultOf(text);
        if (fault !== undefined) expect(fault.at).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 1000 },
    );
  });
});

const names = fc.constantFrom("host", "rack", "name", "not", "in", "empty", "under", "東京", "x_1");
const texts = fc.string({ unit: "binary", maxLength: 8 });
const literals: fc.Arbitrary<Literal> = fc.oneof(
  texts.map((value): Literal => ({ kind: "text", value })),
  fc.integer().map((value): Literal => ({ kind: "number", value })),
  fc.constant<Literal>({ kind: "date", value: "2026-04-01" }),
  fc.constant<Literal>({ kind: "time", value: "2026-04-01T00:00:00Z" }),
  fc.nat(100_000).map((ms): Literal => ({ kind: "duration", value: ms / 1000 })),
  fc.boolean().map((value): Literal => ({ kind: "boolean", value })),
  fc.constant<Literal>({ kind: "null", value: null }),
  fc.constant<Literal>({ kind: "path", value: "/a/b-c" }),
);
const steps: fc.Arbitrary<Step> = fc.oneof(
  names.map((name): Step => ({ kind: "field", name, at: 0 })),
  names.map((field): Step => ({ kind: "referrers", type: "Server", field, at: 0 })),
);
const tests: fc.Arbitrary<Test> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...comparisons), literals)
    .map(([operator, value]): Test => ({ kind: "compare", operator, value, at: 0 })),
  fc
    .array(literals, { minLength: 1, maxLength: 3 })
    .map((values): Test => ({ kind: "in", values, at: 0 })),
  fc.constantFrom<Test>(
    { kind: "empty" },
    { kind: "exists" },
    { kind: "under", path: "/a b", at: 0 },
  ),
);
const leaves: fc.Arbitrary<Search> = fc.oneof(
  texts.map((text): Search => ({ kind: "text", text, at: 0 })),
  fc.constant<Search>({ kind: "under", path: "/nodes", at: 0 }),
  fc
    .tuple(fc.array(steps, { minLength: 1, maxLength: 3 }), tests)
    .map(([way, test]): Search => ({ kind: "condition", way, test, at: 0 })),
);
const { searches } = fc.letrec<{ searches: Search }>((tie) => ({
  searches: fc.oneof(
    { maxDepth: 4 },
    leaves,
    tie("searches").map((of): Search => ({ kind: "not", of })),
    fc
      .tuple(
        fc.constantFrom("and" as const, "or" as const),
        fc.array(tie("searches"), { minLength: 2, maxLength: 3 }),
      )
      .map(([kind, of]): Search => ({ kind, of })),
  ),
}));

function withoutPlaces(search: Search): unknown {
  return JSON.parse(
    JSON.stringify(search, (key, value: unknown) => (key === "at" ? undefined : value)),
  );
}
