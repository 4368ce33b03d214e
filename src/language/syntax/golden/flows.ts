import * as fc from "fast-check";

type Grammar = Record<"expression" | "job" | "block" | "chain" | "flow", string>;

/** Jobflows that follow the grammar, with names that may or may not exist. */
export const flows: fc.Arbitrary<string> = fc.letrec<Grammar>((tie) => {
  const one = (...options: (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
    fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      ...options.map((option) => (typeof option === "string" ? fc.constant(option) : option)),
    );
  const all = (
    parts: readonly (string | fc.Arbitrary<string>)[],
    between = " ",
  ): fc.Arbitrary<string> =>
    fc
      .tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part)))
      .map((texts) => texts.join(between));
  const list = (part: fc.Arbitrary<string>, between: string, most = 3): fc.Arbitrary<string> =>
    fc.array(part, { minLength: 1, maxLength: most }).map((texts) => texts.join(between));
  const maybe = (part: fc.Arbitrary<string>): fc.Arbitrary<string> => one("", part);

  const name = one("a", "b", "c", "監視", "__host__", "limit", "after", "self");
  const defined = one("a", "b", "c", "監視", "__host__", "limit");
  const e = tie("expression");
  const chain = tie("chain");
  const argument = one(e, all([one("timeout", "a", "if"), "=", e]));
  const assignments = list(all([defined, "=", e]), ", ");
  const operator = one(..."+ - * / // % == != < <= > >= in =~ !~ and or".split(" "), "not in");
  return {
    expression: one(
      name,
      one("1", "2.5", "null", "true", "$STATUS", "$RESULT", "/a/b", "./c", "."),
      one("'x'", "'$a ${b} $HOME'", "r'(?<c>\\d+)$'", "g'*$a'", "'''\n$b'''", "\"${'$a'}\""),
      all(["(", e, operator, e, ")"]),
      all(["(not", e, ")"]),
      all(["(-", e, ")"]),
      all(["(", e, "if", e, "else", e, ")"]),
      all([name, one(".x", "[0]", "[1:]", ".if[:2]")], ""),
      all(["[", maybe(list(e, ", ")), "]"]),
      all(["{", maybe(list(all([one("a: ", "'b c': ", "case: "), e]), ", ")), "}"]),
      all(["length(", e, ")"]),
      all(["{|", one("", "a", "a, b = 1"), "|", maybe(chain), "}"]),
    ),
    job: one(
      all([
        "[",
        one("./c", "a", "'ls $a'", "a.b", "self"),
        maybe(all([":", list(argument, ", ")])),
        "]",
      ]),
      all(["[", assignments, "]"]),
      all(["[", one("a.x", "./c"), "<<", e, "]"]),
      all(["<", one("./c", "a"), ">"]),
      all(["print(", maybe(e), ")"]),
      all([one("return", "exit", "abort", "sleep", "wait"), "(", e, ")"]),
      one("break", "continue()", "urlopen('http://a')"),
      tie("block"),
    ),
    block: one(
      all(["{", maybe(assignments), "|", maybe(chain), "}"]),
      all([
        "{ if",
        e,
        "|",
        one("", "then:"),
        maybe(chain),
        maybe(all(["elif", e, ":", chain])),
        maybe(all(["else:", maybe(chain)])),
        "}",
      ]),
      all([
        "{ case",
        one(e, "'a' '$b'", ""),
        "|",
        list(all([list(one("'x'", "r'(?<n>.)'", "1", "'1' '0'"), ", "), ":", chain]), "\n"),
        maybe(all(["else:", chain])),
        "}",
      ]),
      all(["{ for", one("a", "a, b"), "in", e, "|", maybe(chain), "}"]),
      all(["{ while", e, "|", maybe(chain), "}"]),
      all(["{ fork |", maybe(list(chain, "\n")), "}"]),
      all(["{ pfor", one("a", "a, b"), "in", e, maybe(all(["limit", e])), "|", maybe(chain), "}"]),
      all([
        "{ choice |",
        maybe(
          list(one(all(["<./c> ->", chain]), all(["after", e, ":", maybe(chain)]), chain), "\n"),
        ),
        "}",
      ]),
      all(["{ timeout", e, "|", maybe(chain), maybe(all(["else:", chain])), "}"]),
      all(["{ lock", e, "|", maybe(chain), "}"]),
      all(["{ session a", maybe(all([",", assignments])), "|", maybe(chain), "}"]),
    ),
    chain: fc
      .array(fc.tuple(fc.constantFrom("->", "=>", "->>", "=>>"), tie("job")), {
        minLength: 1,
        maxLength: 3,
      })
      .map((links) =>
        links.map(([connector, job], index) => (index ? `\n${connector} ${job}` : job)).join(""),
      ),
    flow: all([one("", "|a| |b = 1|", "|a|b = 1|c = {}|", "|監視, b|"), maybe(chain)]),
  };
}).flow;
