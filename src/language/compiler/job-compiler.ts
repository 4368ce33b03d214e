import { assert } from "#kernel";
import { externalJobs, opcode } from "#machine";
import type {
  Assignment,
  AssignmentJob,
  BracketJob,
  BuiltinJob,
  EventJob,
  Expression,
  UpdateJob,
} from "../syntax/tree.ts";
import { ExpressionCompiler } from "./expression-compiler.ts";
import { isContextName } from "../analysis/made-names.ts";
import type { Label } from "./writer.ts";

/** What `[x.name: …]` takes as a method of an object. */
const objectMethods: ReadonlySet<string> = new Set([
  "add",
  "update",
  "delete",
  "rename",
  "move",
  "copy",
  "find",
  "children",
  "refers",
  "history",
]);

/** A loop around the job that is compiled: where `break` and `continue` go, and how many blocks are open there. */
export interface Loop {
  end: Label;
  next: Label;
  depth: number;
}

/** Writes the code of jobs that are no blocks: each leaves the stack as it was. */
export abstract class JobCompiler extends ExpressionCompiler {
  /** How many blocks are open that have something to undo. */
  protected depth = 0;
  protected loop: Loop | null = null;

  protected bracket({ target, arguments: all }: BracketJob, isLast: boolean): void {
    if (target.kind === "member" && objectMethods.has(target.name.text)) {
      this.expression(target.object);
      const [count, names] = this.arguments(all);
      return this.writer.emit(opcode.method, this.constant(target.name.text), count, names);
    }
    this.commandText(target);
    const [count, names] = this.arguments(all);
    const isSelf = target.kind === "name" && target.name === "self" ? 1 : 0;
    this.writer.emit(isLast ? opcode.callTail : opcode.call, count, names, isSelf);
  }

  /** From left to right, and all or nothing: the values wait beside until the last one is there. */
  protected assignment({ assignments }: AssignmentJob): void {
    const [only] = assignments;
    if (only !== undefined && assignments.length === 1) {
      this.expression(only.value);
      return this.set(only);
    }
    const first = this.slots.names.length;
    const aside = assignments.map(({ name, value }) => {
      this.expression(value);
      const kept = this.slots.setAside(this.declarationAt(name) ?? name.text, name.text);
      this.writer.emit(opcode.store, kept.slot);
      return kept;
    });
    for (const { restore } of aside.toReversed()) restore();
    for (const [index, { slot }] of aside.entries()) {
      this.writer.emit(opcode.load, slot);
      this.set(assignments[index] as Assignment);
    }
    this.writer.emit(opcode.clear, first, this.slots.names.length);
  }

  /** Gives the value on the stack to the innermost variable of that name. */
  private set({ name }: Assignment): void {
    if (isContextName(name.text))
      return this.writer.emit(opcode.contextSet, this.constant(name.text));
    const declaration = this.declarationAt(name);
    const slot = declaration ? this.slots.find(declaration) : undefined;
    assert(slot !== undefined, `the variable '${name.text}' has no slot`);
    this.writer.emit(opcode.store, slot);
  }

  protected update({ target, value }: UpdateJob): void {
    if (this.isSession(target)) {
      this.expression(target);
      this.expression(value);
      return this.writer.emit(opcode.external, this.constant("session_send"), 2, this.names([]));
    }
    if (target.kind === "member") {
      this.expression(target.object);
      this.expression(value);
      return this.writer.emit(opcode.update, this.constant(target.name.text));
    }
    this.expression(target);
    this.expression(value);
    this.writer.emit(opcode.send);
  }

  protected event({ channel }: EventJob): void {
    this.expression(channel);
    if (!this.isSession(channel)) return this.writer.emit(opcode.receive);
    this.writer.emit(opcode.external, this.constant("session_read"), 1, this.names([]));
  }

  protected builtin(job: BuiltinJob): void {
    const given = (index: number, name: string): Expression | undefined =>
      argumentOf(job, index, name);
    switch (job.name.text) {
      case "print":
        for (const { value } of job.arguments) this.expression(value);
        return this.writer.emit(opcode.print, job.arguments.length);
      case "sleep":
        this.optional(given(0, "seconds"));
        this.writer.emit(opcode.now);
        return this.writer.emit(opcode.sleep);
      case "exit":
        this.optional(given(0, "status"));
        return this.writer.emit(opcode.exit);
      case "return":
        this.optional(given(0, "value"));
        return this.writer.emit(opcode.returnValue);
      case "abort":
        this.optional(given(0, "message"));
        return this.writer.emit(opcode.abort);
      case "assert":
        this.optional(given(0, "condition"));
        this.optional(given(1, "message"));
        return this.writer.emit(opcode.assertTrue);
      case "wait":
        this.optional(given(0, "process"));
        return this.writer.emit(opcode.waitProcess);
      case "cancel":
        this.optional(given(0, "process"));
        return this.writer.emit(opcode.cancel);
      case "spawn":
        return this.spawn(job);
      case "break":
        return this.leaveLoop("end");
      case "continue":
        return this.leaveLoop("next");
      default: {
        assert(
          externalJobs.has(job.name.text),
          `'${job.name.text}' is no job: the checker should have said so`,
        );
        const [count, names] = this.arguments(job.arguments);
        return this.writer.emit(opcode.external, this.constant(job.name.text), count, names);
      }
    }
  }

  protected isSession(expression: Expression): boolean {
    const declaration = expression.kind === "name" ? this.declarationAt(expression) : null;
    return declaration?.kind === "session" && this.slots.owns(declaration);
  }

  private spawn(job: BuiltinJob): void {
    const flow = job.arguments.find((argument) => argument.name === null);
    assert(flow !== undefined, "spawn needs a flow: the checker should have said so");
    this.expression(flow.value);
    const [count, names] = this.arguments(job.arguments.filter((argument) => argument !== flow));
    this.writer.emit(opcode.spawn, count, names);
  }

  private leaveLoop(where: "end" | "next"): void {
    const { loop } = this;
    assert(loop !== null, "break and continue stand in a loop: the checker should have said so");
    if (this.depth > loop.depth) this.writer.emit(opcode.leave, this.depth - loop.depth);
    this.writer.emit(opcode.jump, loop[where]);
  }
}

export function argumentOf(job: BuiltinJob, index: number, name: string): Expression | undefined {
  const positional = job.arguments.filter((argument) => argument.name === null);
  return (positional[index] ?? job.arguments.find((argument) => argument.name?.text === name))
    ?.value;
}
