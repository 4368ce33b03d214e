import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Failure } from "./failure.ts";
import { add, floorDivide, modulo, multiply, subtract } from "./operators.ts";
import type { Value } from "./value.ts";

const integer = fc.maxSafeInteger();

/** The exact result, or none if it would be beyond 2^53-1. */
function exact(result: bigint): number | undefined {
  const number = Number(result);
  return Number.isSafeInteger(number) ? number : undefined;
}

function evaluate(operator: (a: Value, b: Value) => Value, a: Value, b: Value): Value | undefined {
  try {
    return operator(a, b);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

test("integers are exact or fail", () => {
  fc.assert(
    fc.property(integer, integer, (a, b) => {
      expect(evaluate(add, a, b)).toBe(exact(BigInt(a) + BigInt(b)));
      expect(evaluate(subtract, a, b)).toBe(exact(BigInt(a) - BigInt(b)));
      expect(evaluate(multiply, a, b)).toBe(exact(BigInt(a) * BigInt(b)));
    }),
  );
});

test("division rounds down, and the rest has the sign of the divisor", () => {
  const small = fc.integer({ min: -1_000_000, max: 1_000_000 });
  fc.assert(
    fc.property(small, small, (a, b) => {
      fc.pre(b !== 0);
      const quotient = floorDivide(a, b) as number;
      const rest = modulo(a, b) as number;
      expect(quotient * b + rest).toBe(a);
      expect(rest === 0 || rest < 0 === b < 0).toBe(true);
      expect(Math.abs(rest)).toBeLessThan(Math.abs(b));
    }),
  );
});

test("there is no negative zero", () => {
  for (const zero of [multiply(-1, 0), modulo(-4, 2), floorDivide(0, -1), subtract(0, 0)]) {
    expect(Object.is(zero, 0)).toBe(true);
  }
});
