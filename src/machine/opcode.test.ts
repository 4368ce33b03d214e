import { expect, test } from "vitest";
import * as opcode from "./opcode.ts";

test("every instruction has a number of its own and an entry in the table", () => {
  const numbers = Object.values(opcode).filter((value) => typeof value === "number");
  expect(new Set(numbers).size).toBe(numbers.length);
  expect([...opcode.instructions.keys()].sort((a, b) => a - b)).toEqual(
    numbers.sort((a, b) => a - b),
  );
});
