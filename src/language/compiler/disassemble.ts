import { jsonText, lineAt, opcode, type FunctionCode, type Program } from "#machine";

/** A program as text for people: one line an instruction, with its place, its line of the source, and what its operands mean. */
export function disassemble(program: Program): string {
  return program.functions.map((code, index) => functionText(program, code, index)).join("\n");
}

function functionText(program: Program, code: FunctionCode, index: number): string {
  const parameters = code.parameters
    .map(({ name, isRequired }) => (isRequired ? name : `${name}?`))
    .join(", ");
  const lines = [`${code.kind} ${index}(${parameters})`];
  for (let at = 0; at < code.captures.length; at += 2) {
    lines.push(`  captures ${code.slots[code.captures[at + 1] as number] ?? "-"}`);
  }
  for (let place = 0; place < code.code.length;) {
    const { name, operands } = instructionAt(code.code, place);
    const shown = operands.map((operand) => operandText(program, code, operand)).join(" ");
    lines.push(
      `  ${String(place).padStart(4)} line ${lineAt(code, place)}  ${name} ${shown}`.trimEnd(),
    );
    place += 1 + operands.length;
  }
  for (let at = 0; at < code.handlers.length; at += 6) {
    const [start, end, target, depth] = code.handlers.slice(at, at + 4);
    lines.push(`  on failure in ${start}..${end}: go to ${target}, ${depth} blocks open`);
  }
  return `${lines.join("\n")}\n`;
}

interface Operand {
  kind: string;
  value: number;
}

/** The name and the operands of the instruction at a place. */
function instructionAt(
  code: readonly number[],
  place: number,
): { name: string; operands: Operand[] } {
  const number = code[place] as number;
  const instruction = opcode.instructions.get(number);
  if (instruction === undefined) return { name: `unknown ${number}`, operands: [] };
  const operands: Operand[] = [];
  const take = (kind: string): number => {
    const value = code[place + 1 + operands.length] as number;
    operands.push({ kind, value });
    return value;
  };
  for (const kind of instruction.operands.split(" ").filter(Boolean)) {
    if (kind !== "*") {
      take(kind);
      continue;
    }
    const kinds = repeated.get(number) ?? [];
    for (let count = take("n"); count > 0; count -= 1) kinds.forEach(take);
  }
  return { name: instruction.name, operands };
}

/** What is repeated where the table says `*`. */
const repeated = new Map([
  [opcode.caseGroups, ["k", "s"]],
  [opcode.fork, ["f"]],
  [opcode.choose, ["n", "t", "k"]],
]);

function operandText(program: Program, code: FunctionCode, { kind, value }: Operand): string {
  if (value < 0) return "-";
  if (kind === "k") return jsonText(program.constants[value] ?? null);
  if (kind === "s") return code.slots[value] ?? `slot ${value}`;
  if (kind === "t") return `-> ${value}`;
  if (kind === "b") return `${program.builtins[value] ?? "?"}()`;
  if (kind === "f") return `function ${value}`;
  return String(value);
}
