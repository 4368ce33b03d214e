import { resolvePath } from "#kernel";
import { beginLoop, beginRange, caseFits, choose, enterLock, enterSession, enterTimeout, namedGroups, nextElement, type Arm } from "./block.ts";
import { argumentFault, arrangeArguments, Ask, type Builtin } from "./builtins/builtin.ts";
import { call, captureSlots, spawn } from "./call.ts";
import { runFork, runPfor } from "./children.ts";
import { runExternal } from "./command.ts";
import type { Pause } from "./effect.ts";
import { evaluationFailure, Failure } from "./failure.ts";
import { abort, assertTrue, callMethod, cancel, exitStatus, print, receive, send, sleep, update, waitForProcess } from "./job.ts";
import * as op from "./opcode.ts";
import * as operators from "./operators.ts";
import type { LoadedFunction, LoadedProgram } from "./program.ts";
import type { CallArguments } from "./resume.ts";
import { checkedClosure, checkedDictionary, checkedList } from "./size.ts";
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
  type Value,
} from "./value.ts";

const dialects = ["r", "g", "i"] as const;

/**
 * Runs at most so many instructions of the innermost frame. Gives a pause, or null when the caller must look: another frame is
 * the innermost, something is to be released, the process has ended, or the instructions are used up.
 *
 * What each instruction does is in the table of opcode.ts. `pc` stands behind the operands that were read, so `pc - 1` is always
 * within the instruction.
 */
export function run(turn: Turn, count: number): Pause | null {
  const { frame, state } = turn;
  const program = turn.programOf(frame.program);
  const code = program.functions[frame.function] as LoadedFunction;
  const { instructions } = code;
  const { constants } = program;
  const { stack, slots } = frame;
  const pop = (): Value => stack.pop() as Value;
  let pc = frame.pc;
  let left = count;
  const next = (): number => instructions[pc++] as number;
  const text = (): string => constants[instructions[pc++] as number] as string;
  /** Ends the run in this frame for now; `pc` is kept for whoever goes on. */
  const leave = (work: () => Pause | null): Pause | null => {
    frame.pc = pc;
    return work();
  };

  try {
    while (left > 0) {
      left -= 1;
      switch (instructions[pc++]) {
        case op.load: {
          const slot = next();
          const value = slots[slot];
          if (value === undefined) throw evaluationFailure(unset(code.slots[slot] ?? "?"));
          stack.push(value);
          break;
        }
        case op.constant:
          stack.push(constants[next()] as Value);
          break;
        case op.integer:
          stack.push(next());
          break;
        case op.store:
          slots[next()] = pop();
          break;
        case op.add: {
          const right = pop();
          const last = stack.length - 1;
          const left = stack[last] as Value;
          if (isList(left)) turn.spend(left.length);
          stack[last] = operators.add(left, right);
          break;
        }
        case op.subtract: {
          const right = pop();
          stack.push(operators.subtract(pop(), right));
          break;
        }
        case op.less: {
          const right = pop();
          stack.push(operators.compare(pop(), right, "<") < 0);
          break;
        }
        case op.jump:
          pc = next();
          break;
        case op.jumpIfFalse: {
          const target = next();
          if (!isTrue(pop())) pc = target;
          break;
        }
        case op.next: {
          const slot = next();
          const target = next();
          const first = next();
          if (!nextElement(slots, slot, first, next())) pc = target;
          break;
        }
        case op.equal: {
          const right = pop();
          stack.push(operators.equal(pop(), right));
          break;
        }
        case op.notEqual: {
          const right = pop();
          stack.push(!operators.equal(pop(), right));
          break;
        }
        case op.lessOrEqual: {
          const right = pop();
          stack.push(operators.compare(pop(), right, "<=") <= 0);
          break;
        }
        case op.greater: {
          const right = pop();
          stack.push(operators.compare(pop(), right, ">") > 0);
          break;
        }
        case op.greaterOrEqual: {
          const right = pop();
          stack.push(operators.compare(pop(), right, ">=") >= 0);
          break;
        }
        case op.multiply: {
          const right = pop();
          stack.push(operators.multiply(pop(), right));
          break;
        }
        case op.divide: {
          const right = pop();
          stack.push(operators.divide(pop(), right));
          break;
        }
        case op.floorDivide: {
          const right = pop();
          stack.push(operators.floorDivide(pop(), right));
          break;
        }
        case op.modulo: {
          const right = pop();
          stack.push(operators.modulo(pop(), right));
          break;
        }
        case op.negate:
          stack.push(operators.negate(pop()));
          break;
        case op.not:
          stack.push(!isTrue(pop()));
          break;
        case op.contains: {
          const whole = pop();
          if (isList(whole)) turn.spend(whole.length);
          stack.push(operators.contains(whole, pop()));
          break;
        }
        case op.matches: {
          const pattern = pop();
          const value = pop();
          if (typeof value === "string") turn.spend(value.length);
          stack.push(operators.matches(value, pattern));
          break;
        }
        case op.jumpIfFalseKeep: {
          const target = next();
          if (isTrue(stack.at(-1) as Value)) stack.pop();
          else pc = target;
          break;
        }
        case op.jumpIfTrueKeep: {
          const target = next();
          if (isTrue(stack.at(-1) as Value)) pc = target;
          else stack.pop();
          break;
        }
        case op.jumpIfSet: {
          const slot = next();
          const target = next();
          if (slots[slot] !== undefined) pc = target;
          break;
        }
        case op.pop:
          stack.pop();
          break;
        case op.clear: {
          const from = next();
          slots.fill(undefined, from, next());
          break;
        }
        case op.special:
          stack.push(specialOf(frame, next()));
          break;
        case op.contextGet: {
          const name = text();
          const value = frame.context.get(name);
          if (value === undefined) throw evaluationFailure(unset(name));
          stack.push(value);
          break;
        }
        case op.contextSet: {
          const name = text();
          frame.context = new Map(frame.context).set(name, pop());
          break;
        }
        case op.list:
          stack.push(checkedList(stack.splice(stack.length - next())));
          break;
        case op.dictionary: {
          const keys = constants[next()] as readonly string[];
          const values = stack.splice(stack.length - keys.length);
          stack.push(checkedDictionary(new Map(keys.map((key, index) => [key, values[index] as Value]))));
          break;
        }
        case op.closure: {
          const index = next();
          const captured = captureSlots(program.functions[index] as LoadedFunction, frame);
          stack.push(checkedClosure(new ClosureValue(frame.program, index, captured, frame.path, frame.runsAs)));
          break;
        }
        case op.interpolate:
          stack.push(joinTexts(stack.splice(stack.length - next()).map(plainText)));
          break;
        case op.interpolateCommand:
          stack.push(joinTexts(stack.splice(stack.length - next()).map(commandText)));
          break;
        case op.pattern:
          stack.push(patternOf(next(), pop()));
          break;
        case op.slice: {
          const to = pop();
          const from = pop();
          stack.push(operators.slice(pop(), from, to));
          break;
        }
        case op.caseSubject:
          stack.push(joinTexts(stack.splice(stack.length - next()).map(plainText), " "));
          break;
        case op.caseTest: {
          const pattern = pop();
          stack.push(caseFits(stack.at(-1) as Value, pattern));
          break;
        }
        case op.caseGroups: {
          const groups = namedGroups(stack.at(-1) as Value, constants[next()] as Value);
          for (let count = next(); count > 0; count -= 1) {
            const name = text();
            slots[next()] = groups.get(name) ?? null;
          }
          break;
        }
        case op.iterate: {
          const slot = next();
          beginLoop(frame, pop(), slot, next());
          break;
        }
        case op.iterateRange: {
          const slot = next();
          beginRange(frame, stack.splice(stack.length - 3), slot);
          break;
        }
        case op.enterContext:
          frame.blocks.push({ kind: "context", saved: frame.context });
          break;
        case op.enterTimeout: {
          const target = next();
          const now = pop();
          frame.pc = pc;
          enterTimeout(frame, pop(), now, target);
          break;
        }
        case op.leave:
          leaveBlocks(turn, frame, frame.blocks.length - next());
          if (state.releases.length > 0) return leave(() => null);
          break;
        case op.settle:
          if (frame.status !== 0 || frame.reason !== null) {
            throw new Failure(frame.reason ?? "exit", frame.error, { status: frame.status, result: frame.result });
          }
          break;
        case op.setResult:
          turn.succeed(pop());
          break;
        case op.assertTrue: {
          const message = pop();
          assertTrue(turn, pop(), message);
          break;
        }
        case op.abort:
          throw abort(turn, pop());

        // From here on, instructions that may need the world or another frame.
        case op.member: {
          const name = text();
          const value = pop();
          if (isDictionary(value)) {
            stack.push(operators.memberOf(value, name));
            break;
          }
          if (!isStored(value)) throw noField(value, name);
          return leave(() => turn.ask({ kind: "read", of: value, field: name }, { kind: "push" }));
        }
        case op.index: {
          const index = pop();
          const value = pop();
          if (isStored(value) && typeof index === "string") {
            return leave(() => turn.ask({ kind: "read", of: value, field: index }, { kind: "push" }));
          }
          stack.push(operators.indexOf(value, index));
          break;
        }
        case op.builtin: {
          const builtin = program.builtins[next()] as Builtin;
          const args = popArguments(stack, next(), constants[next()] as readonly string[]);
          const value = evaluateBuiltin(turn, builtin, args);
          if (!(value instanceof Ask)) {
            stack.push(value);
            break;
          }
          return leave(() => askFor(turn, value));
        }
        case op.now:
          return leave(() => turn.ask({ kind: "now" }, { kind: "push" }));
        case op.path: {
          const path = resolvePath(text(), turn.directory);
          return leave(() => turn.ask({ kind: "resolve", path }, { kind: "push" }));
        }
        case op.self:
          if (frame.self !== null) {
            stack.push(frame.self);
            break;
          }
          return leave(() => turn.ask({ kind: "resolve", path: frame.path }, { kind: "push" }));
        case op.iterable: {
          const of = stack.at(-1) as Value;
          if (!(of instanceof ObjectValue)) break;
          stack.pop();
          return leave(() => turn.ask({ kind: "children", of }, { kind: "push" }));
        }
        case op.call:
        case op.callTail: {
          const isTail = instructions[pc - 1] === op.callTail;
          const args = popArguments(stack, next(), constants[next()] as readonly string[]);
          const isSelf = next() === 1;
          const target = pop();
          return leave(() => call(turn, target, args, { isTail, isSelf }));
        }
        case op.method: {
          const name = text();
          const args = popArguments(stack, next(), constants[next()] as readonly string[]);
          const of = pop();
          return leave(() => callMethod(turn, of, name, args));
        }
        case op.spawn: {
          const args = popArguments(stack, next(), constants[next()] as readonly string[]);
          const target = pop();
          return leave(() => spawn(turn, target, args));
        }
        case op.external: {
          const name = text();
          const args = popArguments(stack, next(), constants[next()] as readonly string[]);
          return leave(() => runExternal(turn, name, args));
        }
        case op.receive:
          return leave(() => receive(turn, pop()));
        case op.update: {
          const field = text();
          const value = pop();
          return leave(() => update(turn, pop(), field, value));
        }
        case op.send: {
          const value = pop();
          return leave(() => send(turn, pop(), value));
        }
        case op.print: {
          const values = stack.splice(stack.length - next());
          return leave(() => print(turn, values));
        }
        case op.sleep: {
          const now = pop();
          return leave(() => sleep(turn, pop(), now));
        }
        case op.waitProcess:
          return leave(() => waitForProcess(turn, pop()));
        case op.cancel:
          return leave(() => cancel(turn, pop()));
        case op.enterLock:
          return leave(() => enterLock(turn, pop()));
        case op.enterSession:
          return leave(() => enterSession(turn));
        case op.fork: {
          const functions = Array.from({ length: next() }, next);
          return leave(() => runFork(turn, functions));
        }
        case op.pfor: {
          const index = next();
          const names = next();
          const limit = pop();
          return leave(() => runPfor(turn, index, names, pop(), limit));
        }
        case op.choose: {
          const arms = Array.from({ length: next() }, (): Arm => {
            const kind = next();
            const target = next();
            const name = next();
            return { kind, target, name: name < 0 ? "" : (constants[name] as string) };
          });
          return leave(() => choose(turn, arms));
        }
        case op.end:
          return leave(() => {
            finishFrame(turn, code.kind === "child" ? frame.result : null);
            return null;
          });
        case op.returnValue:
          return leave(() => {
            finishFrame(turn, pop());
            return null;
          });
        case op.exit:
          return leave(() => {
            exitProcess(turn, exitStatus(pop()));
            return null;
          });
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
