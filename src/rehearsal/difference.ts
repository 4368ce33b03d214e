/**
 * Lines of two lists side by side: those that both have begin with two blanks, what was expected and is not there with
 * `- `, what is there and was not expected with `+ `.
 */
export function difference<E, G>(
  expected: readonly E[],
  got: readonly G[],
  options: {
    fits: (expected: E, got: G) => boolean;
    showExpected: (expected: E) => string;
    showGot: (got: G) => string;
  },
): string[] {
  const { fits, showExpected, showGot } = options;
  const common = commonLengths(expected, got, fits);
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < expected.length || j < got.length) {
    const [e, g] = [expected[i], got[j]];
    if (i < expected.length && j < got.length && fits(e as E, g as G)) {
      lines.push(`  ${showGot(g as G)}`);
      i += 1;
      j += 1;
    } else if (i < expected.length && at(common, i + 1, j) >= at(common, i, j + 1)) {
      lines.push(`- ${showExpected(e as E)}`);
      i += 1;
    } else if (j < got.length) {
      lines.push(`+ ${showGot(g as G)}`);
      j += 1;
    } else {
      lines.push(`- ${showExpected(e as E)}`);
      i += 1;
    }
  }
  return lines;
}

/** How many lines the rests of both lists have in common, from each place on. */
function commonLengths<E, G>(
  expected: readonly E[],
  got: readonly G[],
  fits: (expected: E, got: G) => boolean,
): number[][] {
  const lengths = Array.from({ length: expected.length + 1 }, () =>
    Array.from({ length: got.length + 1 }, () => 0),
  );
  for (let i = expected.length - 1; i >= 0; i -= 1) {
    for (let j = got.length - 1; j >= 0; j -= 1) {
      (lengths[i] as number[])[j] = fits(expected[i] as E, got[j] as G)
        ? at(lengths, i + 1, j + 1) + 1
        : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
    }
  }
  return lengths;
}

function at(lengths: readonly (readonly number[])[], i: number, j: number): number {
  return lengths[i]?.[j] ?? -1;
}
