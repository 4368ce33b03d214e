import { resolvePath } from "#kernel";
import {
  beginLoop,
  beginRange,
  caseFits,
  choose,
  enterLock,
  enterSession,
  enterTimeout,
  namedGroups,
  nextElement,
  type Arm,
} from "./block.ts";
import { askPage, beginDirectory, hasNextPage } from "./directory-loop.ts";
import { arrangeArguments, Ask, type Builtin } from "./builtins/builtin.ts";
import { call, captureSlots, spawn } from "./call.ts";
import { runFork, runPfor } from "./children.ts";
import { runExternal } from "./command.ts";
import type { Pause } from "./effect.ts";
import { evaluationFailure, Failure } from "./failure.ts";
import {
  abort,
  assertTrue,
  callMethod,
  cancel,
  exitStatus,
  print,
  receive,
  send,
  sleep,
  update,
  waitForProcess,
} from "./job.ts";
import * as op from "./opcode.ts";
import { secretsMax } from "./limits.ts";
import * as operators from "./operators.ts";
import type { LoadedFunction } from "./program.ts";
import type { CallArguments } from "./resume.ts";
import { checkedClosure, checkedDictionary, checkedList, sizeOf } from "./size.ts";
import type { Frame } from "./state.ts";
import { commandText, joinTexts, plainText } from "./text.ts";
import type { Turn } from "./turn.ts";
import { exitProcess, finishFrame, leaveBlocks } from "./unwind.ts";
import {
  ClosureValue,
  isDictionary,
  isList,
  isTrue,
  ObjectValue,
  PatternValue,
  ProcessValue,
  SecretValue,
  typeName,
  type Value,
} from "./value.ts";

const dialects = ["r", "g", "i"] as const;

/**
 * Runs at most so many instructions of the innermost frame. Gives a pause, or null when the caller must look: another frame is
 * the innermost, something is to be released, the process has ended, much work was done, or the instructions are used up.
 *
 * What each instruction does is in the table of opcode.ts. `pc` stands behind the operands that were read, so `pc - 1` is always
 * within the instruction.
 */
export function run(turn: Turn, count: number): Pause | null {
  const { frame, state, recorder } = turn;
  const program = turn.programOf(frame.program);
  const code = program.functions[frame.function] as LoadedFunction;
  const { instructions } = code;
  const { constants } = program;
  const { stack, slots } = frame;
  const depth = state.frames.length;
  let pc = frame.pc;
  let left = count;

  try {
    while (left > 0) {
      left -= 1;
      switch (instructions[pc++]) {
        case op.load: {
          const slot = instructions[pc++] as number;
          const value = slots[slot];
          if (value === undefined) throw evaluationFailure(unset(code.slots[slot] ?? "?"));
          stack.push(value);
          break;
        }
        case op.constant:
          stack.push(constants[instructions[pc++] as number] as Value);
          break;
        case op.integer:
          stack.push(instructions[pc++] as number);
          break;
        case op.store:
          slots[instructions[pc++] as number] = pop(stack);
          recorder?.done(frame, pc - 1, depth);
          break;
        case op.add: {
          const right = pop(stack);
          const last = stack.length - 1;
          const left = stack[last] as Value;
          if (isList(left)) turn.spend(left.length);
          stack[last] = operators.add(left, right);
          if (isList(left) && turn.isTired) return null;
          break;
        }
        case op.subtract: {
          const right = pop(stack);
          stack.push(operators.subtract(pop(stack), right));
          break;
        }
        case op.less: {
          const right = pop(stack);
          stack.push(operators.compare(pop(stack), right, "<") < 0);
          break;
        }
        case op.jump:
          pc = instructions[pc++] as number;
          break;
        case op.jumpIfFalse: {
          const target = instructions[pc++] as number;
          if (!isTrue(pop(stack))) pc = target;
          break;
        }
        case op.next: {
          const slot = instructions[pc++] as number;
          const target = instructions[pc++] as number;
          const first = instructions[pc++] as number;
          if (nextElement(slots, slot, first, instructions[pc++] as number)) break;
          if (hasNextPage(slots, slot)) {
            // With the next page, this instruction is done again.
            pc -= 5;
            frame.pc = pc;
            return askPage(turn, slot);
          }
          pc = target;
          break;
        }
        case op.equal: {
          const right = pop(stack);
          turn.spend(comparisonWork(right));
          stack.push(operators.equal(pop(stack), right));
          if (turn.isTired) return null;
          break;
        }
        case op.notEqual: {
          const right = pop(stack);
          turn.spend(comparisonWork(right));
          stack.push(!operators.equal(pop(stack), right));
          if (turn.isTired) return null;
          break;
        }
        case op.lessOrEqual: {
          const right = pop(stack);
          stack.push(operators.compare(pop(stack), right, "<=") <= 0);
          break;
        }
        case op.greater: {
          const right = pop(stack);
          stack.push(operators.compare(pop(stack), right, ">") > 0);
          break;
        }
        case op.greaterOrEqual: {
          const right = pop(stack);
          stack.push(operators.compare(pop(stack), right, ">=") >= 0);
          break;
        }
        case op.multiply: {
          const right = pop(stack);
          stack.push(operators.multiply(pop(stack), right));
          break;
        }
        case op.divide: {
          const right = pop(stack);
          stack.push(operators.divide(pop(stack), right));
          break;
        }
        case op.floorDivide: {
          const right = pop(stack);
          stack.push(operators.floorDivide(pop(stack), right));
          break;
        }
        case op.modulo: {
          const right = pop(stack);
          stack.push(operators.modulo(pop(stack), right));
          break;
        }
        case op.negate:
          stack.push(operators.negate(pop(stack)));
          break;
        case op.not:
          stack.push(!isTrue(pop(stack)));
          break;
        case op.contains: {
          const whole = pop(stack);
          turn.spend(workOf(whole));
          stack.push(operators.contains(whole, pop(stack)));
          if (turn.isTired) return null;
          break;
        }
        case op.matches: {
          const pattern = pop(stack);
          const value = pop(stack);
          if (typeof value === "string") turn.spend(value.length);
          stack.push(operators.matches(value, pattern));
          if (turn.isTired) return null;
          break;
        }
        case op.jumpIfFalseKeep: {
          const target = instructions[pc++] as number;
          if (isTrue(stack.at(-1) as Value)) stack.pop();
          else pc = target;
          break;
        }
        case op.jumpIfTrueKeep: {
          const target = instructions[pc++] as number;
          if (isTrue(stack.at(-1) as Value)) pc = target;
          else stack.pop();
          break;
        }
        case op.jumpIfSet: {
          const slot = instructions[pc++] as number;
          const target = instructions[pc++] as number;
          if (slots[slot] !== undefined) pc = target;
          break;
        }
        case op.pop:
          stack.pop();
          break;
        case op.clear: {
          const from = instructions[pc++] as number;
          slots.fill(undefined, from, instructions[pc++]);
          break;
        }
        case op.special:
          stack.push(specialOf(frame, instructions[pc++] as number));
          break;
        case op.contextGet: {
          const name = constants[instructions[pc++] as number] as string;
          const value = frame.context.get(name);
          if (value === undefined) throw evaluationFailure(unset(name));
          stack.push(value);
          break;
        }
        case op.contextSet: {
          const name = constants[instructions[pc++] as number] as string;
          frame.context = new Map(frame.context).set(name, pop(stack));
          recorder?.done(frame, pc - 1, depth);
          break;
        }
        case op.list:
          stack.push(checkedList(stack.splice(stack.length - (instructions[pc++] as number))));
          break;
        case op.dictionary: {
          const keys = constants[instructions[pc++] as number] as readonly string[];
          const values = stack.splice(stack.length - keys.length);
          stack.push(
            checkedDictionary(new Map(keys.map((key, index) => [key, values[index] as Value]))),
          );
          break;
        }
        case op.closure: {
          const index = instructions[pc++] as number;
          const captured = captureSlots(program.functions[index] as LoadedFunction, frame);
          stack.push(
            checkedClosure(
              new ClosureValue(frame.program, index, captured, frame.path, frame.runsAs),
            ),
          );
          break;
        }
        case op.interpolate:
        case op.interpolateCommand: {
          const textFor = instructions[pc - 1] === op.interpolate ? plainText : commandText;
          const parts = stack.splice(stack.length - (instructions[pc++] as number));
          const text = joinTexts(parts.map(textFor));
          stack.push(text);
          turn.spend(sizeOf(text));
          if (turn.isTired) return null;
          break;
        }
        case op.pattern:
          stack.push(patternOf(instructions[pc++] as number, pop(stack)));
          break;
        case op.slice: {
          const to = pop(stack);
          const from = pop(stack);
          turn.spend(workOf(stack.at(-1) as Value));
          stack.push(operators.slice(pop(stack), from, to));
          if (turn.isTired) return null;
          break;
        }
        case op.caseSubject:
          stack.push(
            joinTexts(
              stack.splice(stack.length - (instructions[pc++] as number)).map(plainText),
              " ",
            ),
          );
          break;
        case op.caseTest: {
          const pattern = pop(stack);
          stack.push(caseFits(stack.at(-1) as Value, pattern));
          break;
        }
        case op.caseGroups: {
          const groups = namedGroups(
            stack.at(-1) as Value,
            constants[instructions[pc++] as number] as Value,
          );
          for (let count = instructions[pc++] as number; count > 0; count -= 1) {
            const name = constants[instructions[pc++] as number] as string;
            slots[instructions[pc++] as number] = groups.get(name) ?? null;
          }
          break;
        }
        case op.iterate: {
          const slot = instructions[pc++] as number;
          const names = instructions[pc++] as number;
          const over = pop(stack);
          if (over instanceof ObjectValue) {
            frame.pc = pc;
            return beginDirectory(turn, over, slot);
          }
          beginLoop(frame, over, slot, names);
          break;
        }
        case op.iterateRange: {
          const slot = instructions[pc++] as number;
          beginRange(frame, stack.splice(stack.length - 3), slot);
          break;
        }
        case op.enterContext:
          frame.blocks.push({ kind: "context", saved: frame.context });
          break;
        case op.enterTimeout: {
          const target = instructions[pc++] as number;
          const now = pop(stack);
          frame.pc = pc;
          enterTimeout(frame, pop(stack), now, target);
          break;
        }
        case op.leave:
          leaveBlocks(turn, frame, frame.blocks.length - (instructions[pc++] as number));
          if (state.releases.length > 0) return null;
          break;
        case op.settle:
          if (frame.status !== 0 || frame.reason !== null) {
            throw new Failure(frame.reason ?? "exit", frame.error, {
              status: frame.status,
              result: frame.result,
            });
          }
          break;
        case op.assertTrue: {
          const message = pop(stack);
          assertTrue(turn, pop(stack), message);
          recorder?.done(frame, pc - 1, depth);
          break;
        }
        case op.abort:
          throw abort(turn, pop(stack));

        // From here on, instructions that may need the world or another frame.
        case op.member: {
          const name = constants[instructions[pc++] as number] as string;
          const value = pop(stack);
          if (isDictionary(value)) {
            stack.push(operators.memberOf(value, name));
            break;
          }
          if (!isStored(value))
            throw evaluationFailure(`a value of type '${typeName(value)}' has no field '${name}'`);
          frame.pc = pc;
          return turn.ask({ kind: "read", of: value, field: name }, { kind: "push" });
        }
        case op.index: {
          const index = pop(stack);
          const value = pop(stack);
          if (isStored(value) && typeof index === "string") {
            frame.pc = pc;
            return turn.ask({ kind: "read", of: value, field: index }, { kind: "push" });
          }
          if (typeof value === "string") turn.spend(workOf(value));
          stack.push(operators.indexOf(value, index));
          if (turn.isTired) return null;
          break;
        }
        case op.builtin: {
          const builtin = program.builtins[instructions[pc++] as number] as Builtin;
          const args = popArguments(
            stack,
            instructions[pc++] as number,
            constants[instructions[pc++] as number] as readonly string[],
          );
          const value = evaluateBuiltin(turn, builtin, args);
          if (!(value instanceof Ask)) {
            stack.push(value);
            if (turn.isTired) return null;
            break;
          }
          frame.pc = pc;
          return askFor(turn, value);
        }
        case op.now:
          frame.pc = pc;
          return turn.ask({ kind: "now" }, { kind: "push" });
        case op.path: {
          const path = resolvePath(
            constants[instructions[pc++] as number] as string,
            turn.directory,
          );
          frame.pc = pc;
          return turn.ask({ kind: "resolve", path }, { kind: "push" });
        }
        case op.self:
          if (frame.self !== null) {
            stack.push(frame.self);
            break;
          }
          frame.pc = pc;
          return turn.ask({ kind: "resolve", path: frame.path }, { kind: "push" });
        case op.iterable: {
          const of = stack.at(-1) as Value;
          if (!(of instanceof ObjectValue)) break;
          // A loop takes the children page by page; who wants all at once, as a pfor, gets the list.
          if (instructions[pc] === op.iterate) break;
          stack.pop();
          frame.pc = pc;
          return turn.ask({ kind: "children", of }, { kind: "push" });
        }
        case op.call:
        case op.callTail: {
          const isTail = instructions[pc - 1] === op.callTail;
          const args = popArguments(
            stack,
            instructions[pc++] as number,
            constants[instructions[pc++] as number] as readonly string[],
          );
          const isSelf = (instructions[pc++] as number) === 1;
          const target = pop(stack);
          frame.pc = pc;
          return call(turn, target, args, { isTail, isSelf });
        }
        case op.method: {
          const name = constants[instructions[pc++] as number] as string;
          const args = popArguments(
            stack,
            instructions[pc++] as number,
            constants[instructions[pc++] as number] as readonly string[],
          );
          const of = pop(stack);
          frame.pc = pc;
          return callMethod(turn, of, name, args);
        }
        case op.spawn: {
          const args = popArguments(
            stack,
            instructions[pc++] as number,
            constants[instructions[pc++] as number] as readonly string[],
          );
          const target = pop(stack);
          frame.pc = pc;
          return spawn(turn, target, args);
        }
        case op.external: {
          const name = constants[instructions[pc++] as number] as string;
          const args = popArguments(
            stack,
            instructions[pc++] as number,
            constants[instructions[pc++] as number] as readonly string[],
          );
          frame.pc = pc;
          return runExternal(turn, name, args);
        }
        case op.receive:
          frame.pc = pc;
          return receive(turn, pop(stack));
        case op.update: {
          const field = constants[instructions[pc++] as number] as string;
          const value = pop(stack);
          frame.pc = pc;
          return update(turn, pop(stack), field, value);
        }
        case op.send: {
          const value = pop(stack);
          frame.pc = pc;
          return send(turn, pop(stack), value);
        }
        case op.print: {
          const values = stack.splice(stack.length - (instructions[pc++] as number));
          frame.pc = pc;
          return print(turn, values);
        }
        case op.sleep: {
          const now = pop(stack);
          frame.pc = pc;
          return sleep(turn, pop(stack), now);
        }
        case op.waitProcess:
          frame.pc = pc;
          return waitForProcess(turn, pop(stack));
        case op.cancel:
          frame.pc = pc;
          return cancel(turn, pop(stack));
        case op.enterLock:
          frame.pc = pc;
          return enterLock(turn, pop(stack));
        case op.enterSession:
          frame.pc = pc;
          return enterSession(turn);
        case op.fork: {
          const functions = code.code.slice(pc + 1, pc + 1 + (instructions[pc++] as number));
          pc += functions.length;
          frame.pc = pc;
          return runFork(turn, functions);
        }
        case op.pfor: {
          const index = instructions[pc++] as number;
          const names = instructions[pc++] as number;
          const limit = pop(stack);
          frame.pc = pc;
          return runPfor(turn, index, names, pop(stack), limit);
        }
        case op.choose: {
          const arms = readArms(code.code, pc, constants);
          pc += 1 + arms.length * armWidth;
          frame.pc = pc;
          return choose(turn, arms);
        }
        case op.end:
          finishFrame(turn, code.kind === "child" ? frame.result : null);
          return null;
        case op.returnValue:
          recorder?.done(frame, pc - 1, depth);
          finishFrame(turn, pop(stack));
          return null;
        case op.exit: {
          frame.pc = pc;
          const status = exitStatus(pop(stack));
          recorder?.done(frame, pc - 1, depth);
          exitProcess(turn, status);
          return null;
        }
        default:
          throw new TypeError(`an unknown instruction at ${pc - 1} of function ${frame.function}`);
      }
    }
    return null;
  } finally {
    frame.pc = pc;
    state.instructions += count - left;
  }
}

function pop(stack: Value[]): Value {
  return stack.pop() as Value;
}

/** The last ones are named. */
function popArguments(stack: Value[], count: number, names: readonly string[]): CallArguments {
  const values = stack.splice(stack.length - count);
  const named = new Map(
    names.map((name, index) => [name, values[count - names.length + index] as Value]),
  );
  return { positional: values.slice(0, count - names.length), named };
}

function evaluateBuiltin(
  turn: Turn,
  builtin: Builtin,
  { positional, named }: CallArguments,
): Value | Ask {
  const { evaluate } = builtin;
  if (evaluate === undefined) throw new TypeError(`${builtin.name} is no function`);
  const isPlain = named.size === 0 && builtin.parameters.at(-1)?.rest === undefined;
  const value = evaluate(isPlain ? positional : arrangeArguments(builtin, positional, named), turn);
  if (!(value instanceof Ask)) turn.spend(workOfMaking(value));
  // A secret in another spelling is to be hidden, too.
  if (value instanceof SecretValue && turn.state.secrets.length < secretsMax / 2) turn.learn(value);
  return value;
}

function askFor(turn: Turn, { request, otherwise, whether }: Ask): Pause {
  return turn.ask(request, {
    kind: "push",
    ...(otherwise === undefined ? {} : { otherwise }),
    ...(whether ? { whether } : {}),
  });
}

function isStored(value: Value): value is ObjectValue | ProcessValue {
  return value instanceof ObjectValue || value instanceof ProcessValue;
}

function specialOf(frame: Frame, which: number): Value {
  switch (which) {
    case 0:
      return frame.status;
    case 1:
      return frame.result;
    case 2:
      return frame.error;
    default:
      return frame.reason;
  }
}

function patternOf(dialect: number, source: Value): PatternValue {
  if (source instanceof SecretValue) throw evaluationFailure("a pattern cannot hold a secret");
  return new PatternValue(dialects[dialect] as (typeof dialects)[number], source as string);
}

const armWidth = 3;

function readArms(code: readonly number[], at: number, constants: readonly Value[]): Arm[] {
  return Array.from({ length: code[at] as number }, (_, index) => {
    const arm = at + 1 + index * armWidth;
    const name = code[arm + 2] as number;
    return {
      kind: code[arm] as number,
      target: code[arm + 1] as number,
      name: name < 0 ? "" : (constants[name] as string),
    };
  });
}

/** What walking through a value costs; texts are fast. */
function workOf(value: Value): number {
  if (typeof value === "string") return value.length >> 4;
  return isList(value) ? value.length : 0;
}

/** What a function made; those that read much beside it count that themselves. */
function workOfMaking(value: Value): number {
  if (typeof value === "string" || value instanceof SecretValue) return 4 * sizeOf(value);
  return isList(value) ? 2 * value.length : 1;
}

function comparisonWork(value: Value): number {
  return typeof value === "object" && value !== null ? sizeOf(value) : 0;
}

function unset(name: string): string {
  return `variable '${name}' has no value yet`;
}
