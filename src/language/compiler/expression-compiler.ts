import { assert } from "#kernel";
import { opcode, PatternValue } from "#machine";
import type { LineIndex } from "../analysis/position.ts";
import { isContextName } from "../analysis/made-names.ts";
import type { VariablePart } from "../analysis/name-steps.ts";
import { asciiPart, type Declaration, type NameNode, type Names } from "../analysis/resolver.ts";
import type { Span } from "../syntax/span.ts";
import { isSpecialName } from "../syntax/token.ts";
import type {
  Argument,
  BinaryExpression,
  CallExpression,
  Chain,
  ClosureExpression,
  ConditionalExpression,
  Expression,
  PatternLiteral,
  SpecialExpression,
  StringLiteral,
  StringPart,
} from "../syntax/tree.ts";
import type { FunctionSlots } from "./slots.ts";
import { CodeWriter, Label, type ProgramWriter } from "./writer.ts";

/** What all functions of a program are compiled with. */
export interface Compilation {
  readonly program: ProgramWriter;
  readonly lines: LineIndex;
  readonly source: string;
  readonly names: Names;
  /** Told of each chain where its jobs stand in the code. */
  readonly onChain?: ((chain: CompiledChain) => void) | undefined;
}

/** A chain, and where its jobs stand in the code of a function of the program. */
export interface CompiledChain {
  readonly function: number;
  readonly chain: Chain;
  /** The code of each job: from `start` to before `end`. */
  readonly places: readonly { readonly start: number; readonly end: number }[];
}

const binaryInstructions = {
  "*": opcode.multiply,
  "/": opcode.divide,
  "//": opcode.floorDivide,
  "%": opcode.modulo,
  "+": opcode.add,
  "-": opcode.subtract,
  "==": opcode.equal,
  "!=": opcode.notEqual,
  "<": opcode.less,
  "<=": opcode.lessOrEqual,
  ">": opcode.greater,
  ">=": opcode.greaterOrEqual,
  in: opcode.contains,
  "=~": opcode.matches,
} as const;

const specials: Record<SpecialExpression["name"], number> = {
  STATUS: 0,
  RESULT: 1,
  ERROR: 2,
  REASON: 3,
};
const dialects: Record<PatternLiteral["dialect"], number> = { r: 0, g: 1, i: 2 };

// What fits into an operand of an instruction.
const operandMax = 2 ** 31 - 1;

/** Writes the code of expressions: each leaves its value on the stack. */
export abstract class ExpressionCompiler {
  protected readonly compilation: Compilation;
  protected readonly writer = new CodeWriter();
  protected readonly slots: FunctionSlots;

  constructor(compilation: Compilation, slots: FunctionSlots) {
    this.compilation = compilation;
    this.slots = slots;
  }

  protected abstract closure(closure: ClosureExpression): void;

  protected expression(expression: Expression): void {
    switch (expression.kind) {
      case "literal":
        return this.literal(expression.value);
      case "string":
        return this.string(expression, opcode.interpolate);
      case "pattern":
        return this.pattern(expression);
      case "path":
        return this.writer.emit(opcode.path, this.constant(expression.path));
      case "name":
        return expression.name === "self"
          ? this.writer.emit(opcode.self)
          : this.load(expression, expression.name);
      case "special":
        return this.writer.emit(opcode.special, specials[expression.name]);
      case "list":
        for (const element of expression.elements) this.expression(element);
        return this.writer.emit(opcode.list, expression.elements.length);
      case "dictionary": {
        for (const { value } of expression.entries) this.expression(value);
        const keys = expression.entries.map(({ key }) => key.text);
        return this.writer.emit(opcode.dictionary, this.names(keys));
      }
      case "closure":
        return this.closure(expression);
      case "unary":
        this.expression(expression.operand);
        return this.writer.emit(expression.operator === "-" ? opcode.negate : opcode.not);
      case "binary":
        return this.binary(expression, (operand) => this.expression(operand));
      case "conditional":
        return this.conditional(expression, (operand) => this.expression(operand));
      case "member":
        this.expression(expression.object);
        return this.writer.emit(opcode.member, this.constant(expression.name.text));
      case "index":
        this.expression(expression.object);
        this.expression(expression.index);
        return this.writer.emit(opcode.index);
      case "slice":
        this.expression(expression.object);
        this.optional(expression.from);
        this.optional(expression.to);
        return this.writer.emit(opcode.slice);
      case "call":
        return this.functionCall(expression);
      case "error":
        throw new TypeError("a tree with errors is never compiled");
    }
  }

  /**
   * The text of a command: in the strings that are written in the bracket, also as parts of a `+`, only values that have
   * an obvious text may stand.
   */
  protected commandText(expression: Expression): void {
    const inner = (operand: Expression): void => this.commandText(operand);
    if (expression.kind === "string") this.string(expression, opcode.interpolateCommand);
    else if (expression.kind === "binary" && expression.operator === "+")
      this.binary(expression, inner);
    else if (expression.kind === "conditional") this.conditional(expression, inner);
    else this.expression(expression);
  }

  /** Positional ones first, then named ones; gives what a call's instruction needs to know. */
  protected arguments(all: readonly Argument[]): [count: number, names: number] {
    const named = all.filter((argument) => argument.name !== null);
    for (const argument of all) if (argument.name === null) this.expression(argument.value);
    for (const argument of named) this.expression(argument.value);
    return [all.length, this.names(named.map(({ name }) => name?.text ?? ""))];
  }

  protected optional(expression: Expression | null | undefined): void {
    if (expression) this.expression(expression);
    else this.literal(null);
  }

  protected literal(value: null | boolean | number): void {
    const isSmall = typeof value === "number" && Number.isInteger(value) && value <= operandMax;
    if (isSmall) this.writer.emit(opcode.integer, value);
    else this.writer.emit(opcode.constant, this.constant(value));
  }

  protected constant(value: null | boolean | number | string | PatternValue): number {
    return this.compilation.program.constant(value);
  }

  protected names(names: readonly string[]): number {
    return this.compilation.program.constant(names);
  }

  /** What follows fails in the line where that begins. */
  protected line(span: Span): void {
    this.writer.line(this.compilation.lines.position(span.start).line);
  }

  /** The variable, or the setting of the context, that the name at a node means. */
  private load(node: NameNode, name: string): void {
    const slot = this.slots.find(this.declarationAt(node) ?? name);
    if (slot !== undefined) return this.writer.emit(opcode.load, slot);
    assert(isContextName(name), `'${name}' is no variable: the checker should have said so`);
    this.writer.emit(opcode.contextGet, this.constant(name));
  }

  /** Which variable is meant where the name is read or assigned to. */
  protected declarationAt(node: NameNode): Declaration | null {
    return this.compilation.names.useAt.get(node)?.declaration ?? null;
  }

  private string(string: StringLiteral, join: number): void {
    const [part] = string.parts;
    if (part === undefined) return this.text("");
    if (part.kind === "text" && string.parts.length === 1) return this.text(part.text);
    this.writer.emit(join, this.parts(string.parts, join));
  }

  /** Puts the values of the parts on the stack and says how many they are. */
  private parts(parts: readonly StringPart[], join: number): number {
    let count = 0;
    for (const part of parts) {
      if (part.kind === "text") this.text(part.text);
      else if (part.kind === "variable") count += this.word(part);
      else if (join === opcode.interpolateCommand) this.commandText(part.expression);
      else this.expression(part.expression);
      count += 1;
    }
    return count;
  }

  /** `$word`; gives how many values it is beside the first. */
  private word(part: VariablePart): number {
    const { word } = part;
    const name = this.replaced(part);
    if (name === undefined) {
      this.text(`$${word}`);
      return 0;
    }
    if (isSpecialName(name)) this.writer.emit(opcode.special, specials[name]);
    else this.load(part, name);
    if (name === word) return 0;
    this.text(word.slice(name.length));
    return 1;
  }

  /** The part of the word for which a value stands. */
  private replaced(part: VariablePart): string | undefined {
    const use = this.compilation.names.useAt.get(part);
    if (use) return use.declaration ? use.name : undefined;
    return [part.word, asciiPart(part.word)].find(
      (name) => isSpecialName(name) || isContextName(name),
    );
  }

  private text(text: string): void {
    this.writer.emit(opcode.constant, this.constant(text.toWellFormed()));
  }

  private pattern(pattern: PatternLiteral): void {
    const texts = pattern.parts.flatMap((part) => (part.kind === "text" ? part.text : []));
    if (texts.length === pattern.parts.length) {
      const value = new PatternValue(pattern.dialect, texts.join(""));
      return this.writer.emit(opcode.constant, this.constant(value));
    }
    this.writer.emit(opcode.interpolate, this.parts(pattern.parts, opcode.interpolate));
    this.writer.emit(opcode.pattern, dialects[pattern.dialect]);
  }

  private binary(
    { operator, left, right }: BinaryExpression,
    compile: (operand: Expression) => void,
  ): void {
    if (operator === "and" || operator === "or") {
      const end = new Label();
      compile(left);
      this.writer.emit(operator === "and" ? opcode.jumpIfFalseKeep : opcode.jumpIfTrueKeep, end);
      compile(right);
      return this.writer.mark(end);
    }
    compile(left);
    compile(right);
    if (operator === "not in" || operator === "!~") {
      this.writer.emit(operator === "not in" ? opcode.contains : opcode.matches);
      return this.writer.emit(opcode.not);
    }
    this.writer.emit(binaryInstructions[operator]);
  }

  private conditional(
    { condition, then, else: otherwise }: ConditionalExpression,
    compile: (operand: Expression) => void,
  ): void {
    const [unfit, end] = [new Label(), new Label()];
    this.expression(condition);
    this.writer.emit(opcode.jumpIfFalse, unfit);
    compile(then);
    this.writer.emit(opcode.jump, end);
    this.writer.mark(unfit);
    compile(otherwise);
    this.writer.mark(end);
  }

  private functionCall(call: CallExpression): void {
    const [count, names] = this.arguments(call.arguments);
    this.writer.emit(
      opcode.builtin,
      this.compilation.program.builtin(call.function.text),
      count,
      names,
    );
  }
}
