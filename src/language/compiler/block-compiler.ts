import { assert } from "#kernel";
import { externalJobs, groupNames, opcode, PatternValue, type FunctionKind } from "#machine";
import type {
  Argument,
  Assignment,
  CaseBlock,
  Chain,
  ChoiceArm,
  ChoiceBlock,
  ClosureExpression,
  Expression,
  ForBlock,
  ForkBlock,
  IfBlock,
  Job,
  LockBlock,
  Name,
  Parameter,
  PforBlock,
  PlainBlock,
  SessionBlock,
  TimeoutBlock,
  WhileBlock,
} from "../syntax/tree.ts";
import { nextLink } from "./connectors.ts";
import type { Compilation, CompiledChain } from "./expression-compiler.ts";
import { isContextName, patternText } from "../analysis/made-names.ts";
import { type Declaration, type FunctionNode } from "../analysis/resolver.ts";
import { argumentOf, JobCompiler } from "./job-compiler.ts";
import { jobPlace } from "./job-place.ts";
import { FunctionSlots } from "./slots.ts";
import { Label } from "./writer.ts";

/** What a flow, a closure or a child is compiled from. */
interface FunctionSource {
  kind: FunctionKind;
  parameters: readonly Pick<Parameter, "name" | "default">[];
  chain: Chain | null;
  /** By which the resolver knows its names. */
  node: FunctionNode;
}

/** Compiles a function, and those within it; gives its number. */
export function compileFunction(
  compilation: Compilation,
  source: FunctionSource,
  around: FunctionSlots | null,
): number {
  const index = compilation.program.reserveFunction();
  const names = compilation.names.functions.get(source.node);
  assert(names !== undefined, "the resolver knows every function of the tree");
  const compiler = new BlockCompiler(compilation, new FunctionSlots(names, around));
  compilation.program.setFunction(index, compiler.function(source));
  for (const chain of compiler.chains) compilation.onChain?.({ function: index, ...chain });
  return index;
}

/** Writes the code of chains and blocks. */
class BlockCompiler extends JobCompiler {
  readonly chains: Omit<CompiledChain, "function">[] = [];

  function({ kind, parameters, chain }: FunctionSource): ReturnType<typeof this.writer.finish> {
    for (const [slot, parameter] of parameters.entries()) {
      if (parameter.default === null) continue;
      const isSet = new Label();
      this.line(parameter.default.span);
      this.writer.emit(opcode.jumpIfSet, slot, isSet);
      this.expression(parameter.default);
      this.writer.emit(opcode.store, slot);
      this.writer.mark(isSet);
    }
    this.chain(chain, true);
    return this.writer.finish(
      {
        kind,
        parameters: parameters.map(({ name, default: otherwise }) => ({
          name: name.text,
          isRequired: otherwise === null,
        })),
      },
      this.slots,
    );
  }

  protected closure(node: ClosureExpression): void {
    const { parameters, chain } = node;
    const index = compileFunction(
      this.compilation,
      { kind: "closure", parameters, chain, node },
      this.slots,
    );
    this.writer.emit(opcode.closure, index);
  }

  /**
   * Where a job goes on is known when it is compiled: behind it when it succeeds, by a handler when it fails. `isLast`: the
   * function ends with the chain. `first` stands for the first job, if it was done before.
   */
  private chain(chain: Chain | null, isLast: boolean, first?: () => void): void {
    if (chain === null) return;
    const { links } = chain;
    const connectors = links.map(({ connector }) => connector?.text ?? null);
    const end = new Label();
    const places = links.map(() => new Label());
    const code: { start: number; end: number }[] = [];
    for (const [index, { job }] of links.entries()) {
      const isLastLink = index === links.length - 1;
      this.writer.mark(places[index] as Label);
      const start = this.writer.place;
      const slots = this.slots.names.length;
      this.line(job.span);
      if (index === 0 && first !== undefined) first();
      else this.job(job, isLast && isLastLink);
      code.push({ start, end: this.writer.place });
      const place = { start, end: this.writer.place, depth: this.depth };
      this.writer.jobs.push(jobPlace(this.compilation, job, place));
      const failed = nextLink(connectors, index + 1, "failed");
      if (failed !== "fail") {
        const target = failed === "end" ? end : (places[failed] as Label);
        this.writer.handler(start, target, this.depth, [slots, this.slots.names.length]);
      }
      const succeeded = nextLink(connectors, index + 1, "succeeded");
      assert(succeeded !== "fail", "a job that succeeded does not fail its chain");
      if (succeeded === "end" && !isLastLink) this.writer.emit(opcode.jump, end);
      else if (succeeded !== "end" && succeeded !== index + 1) {
        this.writer.emit(opcode.jump, places[succeeded] as Label);
      }
    }
    this.writer.mark(end);
    this.chains.push({ chain, places: code });
  }

  private job(job: Job, isLast: boolean): void {
    switch (job.kind) {
      case "bracket":
        return this.bracket(job, isLast);
      case "assignment":
        return this.assignment(job);
      case "update":
        return this.update(job);
      case "event":
        return this.event(job);
      case "builtin":
        return this.builtin(job);
      case "plain":
        return this.plain(job, isLast);
      case "if":
        return this.if(job, isLast);
      case "case":
        return this.case(job, isLast);
      case "for":
        return this.withContext([job.chain], () => this.for(job));
      case "while":
        return this.withContext([job.chain], () => this.while(job));
      case "fork":
        return this.fork(job);
      case "pfor":
        return this.pfor(job);
      case "choice":
        return this.choice(job, isLast);
      case "timeout":
        return this.timeout(job);
      case "lock":
        return this.lock(job);
      case "session":
        return this.session(job);
      case "error":
        throw new TypeError("a tree with errors is never compiled");
    }
  }

  private plain({ assignments, chain }: PlainBlock, isLast: boolean): void {
    const compile = (): void => {
      this.head(assignments);
      this.chain(chain, isLast);
    };
    if (setsContext(assignments)) this.inContext(compile);
    else this.withContext([chain], compile);
  }

  private if({ arms, else: otherwise }: IfBlock, isLast: boolean): void {
    const end = new Label();
    for (const { condition, chain } of arms) {
      const unfit = new Label();
      this.line(condition.span);
      this.expression(condition);
      this.writer.emit(opcode.jumpIfFalse, unfit);
      this.part(chain, isLast);
      this.writer.emit(opcode.jump, end);
      this.writer.mark(unfit);
    }
    this.part(otherwise?.chain ?? null, isLast);
    this.writer.mark(end);
  }

  private case({ subjects, arms, else: otherwise }: CaseBlock, isLast: boolean): void {
    const end = new Label();
    if (subjects.length === 0) this.writer.emit(opcode.special, 1);
    else this.sideBySide(subjects);
    for (const arm of arms) this.arm(arm, end, isLast);
    this.writer.emit(opcode.pop);
    this.part(otherwise?.chain ?? null, isLast);
    this.writer.mark(end);
  }

  private arm(arm: CaseBlock["arms"][number], end: Label, isLast: boolean): void {
    const { patterns, chain } = arm;
    const [fits, unfit] = [new Label(), new Label()];
    const first = this.slots.names.length;
    const groups = this.compilation.names.groupsOf.get(arm) ?? [];
    for (const group of groups) this.slots.define(group);
    // Another round of a loop may have left groups of a pattern that does not fit now.
    if (groups.length > 0) this.writer.emit(opcode.clear, first, first + groups.length);
    for (const pattern of patterns) {
      const other = new Label();
      this.line((pattern[0] as Expression).span);
      this.sideBySide(pattern);
      this.writer.emit(opcode.caseTest);
      this.writer.emit(opcode.jumpIfFalse, other);
      this.groups(pattern, groups);
      this.writer.emit(opcode.jump, fits);
      this.writer.mark(other);
    }
    this.writer.emit(opcode.jump, unfit);
    this.writer.mark(fits);
    this.writer.emit(opcode.pop);
    this.part(chain, isLast);
    this.writer.emit(opcode.jump, end);
    this.writer.mark(unfit);
  }

  /** The named groups of the pattern that fits, into the variables of the arm. */
  private groups(pattern: readonly Expression[], declarations: readonly Declaration[]): void {
    const text = patternText(pattern[0] as Expression);
    const names = new Set(pattern.flatMap((each) => groupNames(patternText(each) ?? "")));
    if (names.size === 0 || text === undefined) return;
    const operands = declarations.flatMap((group) =>
      names.has(group.name.text)
        ? [this.constant(group.name.text), this.slots.find(group) ?? 0]
        : [],
    );
    this.writer.emit(
      opcode.caseGroups,
      this.constant(new PatternValue("r", text)),
      names.size,
      ...operands,
    );
  }

  private sideBySide(expressions: readonly Expression[]): void {
    for (const expression of expressions) this.expression(expression);
    if (expressions.length > 1) this.writer.emit(opcode.caseSubject, expressions.length);
  }

  private for({ names, iterable, chain }: ForBlock): void {
    const { slots } = this;
    const place = slots.add(null);
    slots.add(null);
    slots.add(null);
    if (names.length === 1 && isRange(iterable)) {
      for (const bound of rangeArguments(iterable.arguments)) this.optional(bound);
      this.writer.emit(opcode.iterateRange, place);
    } else {
      this.expression(iterable);
      this.writer.emit(opcode.iterable);
      this.writer.emit(opcode.iterate, place, names.length);
    }
    const [first, second] = names.map((name) => this.define(name));
    this.round(chain, (end) => {
      this.writer.emit(opcode.next, place, end, first as number, second ?? -1);
    });
    this.writer.emit(opcode.clear, place, slots.names.length);
  }

  private while({ condition, chain }: WhileBlock): void {
    this.round(chain, (end) => {
      this.expression(condition);
      this.writer.emit(opcode.jumpIfFalse, end);
    });
  }

  private round(chain: Chain | null, begin: (end: Label) => void): void {
    const around = this.loop;
    const loop = { end: new Label(), next: new Label(), depth: this.depth };
    this.loop = loop;
    this.writer.mark(loop.next);
    begin(loop.end);
    this.chain(chain, false);
    this.writer.emit(opcode.jump, loop.next);
    this.writer.mark(loop.end);
    this.loop = around;
  }

  private fork({ chains }: ForkBlock): void {
    const functions = chains.map((chain) =>
      compileFunction(
        this.compilation,
        { kind: "child", parameters: [], chain, node: chain },
        this.slots,
      ),
    );
    this.writer.emit(opcode.fork, functions.length, ...functions);
  }

  private pfor(node: PforBlock): void {
    const { names, iterable, limit, chain } = node;
    const parameters = names.map((name) => ({ name, default: null }));
    const index = compileFunction(
      this.compilation,
      { kind: "child", parameters, chain, node },
      this.slots,
    );
    this.expression(iterable);
    this.writer.emit(opcode.iterable);
    this.optional(limit);
    this.writer.emit(opcode.pfor, index, names.length);
  }

  private choice({ arms }: ChoiceBlock, isLast: boolean): void {
    const end = new Label();
    const places = arms.map(() => new Label());
    const operands = arms.flatMap((arm, index) => this.armOperands(arm, places[index] as Label));
    if (arms.some(isTimed)) this.writer.emit(opcode.now);
    this.writer.emit(opcode.choose, arms.length, ...operands);
    for (const [index, arm] of arms.entries()) {
      this.writer.mark(places[index] as Label);
      const settled = isTimed(arm) ? () => undefined : () => this.writer.emit(opcode.settle);
      this.part(arm.chain, isLast, arm.after === null ? settled : undefined);
      this.writer.emit(opcode.jump, end);
    }
    this.writer.mark(end);
  }

  /** Puts what an arm waits for on the stack; gives its kind, its place and its name. */
  private armOperands(arm: ChoiceArm, place: Label): (number | Label)[] {
    this.line(arm.span);
    if (arm.after !== null) {
      this.expression(arm.after);
      return [armKinds.time, place, -1];
    }
    const job = arm.chain.links[0]?.job;
    if (job?.kind === "event" && this.isSession(job.channel)) {
      this.listOf([job.channel]);
      this.dictionaryOf([]);
      return [armKinds.external, place, this.constant("session_read")];
    }
    if (job?.kind === "event") {
      this.expression(job.channel);
      return [armKinds.event, place, -1];
    }
    assert(
      job?.kind === "builtin",
      "an arm begins with what it waits for: the checker should have said so",
    );
    if (job.name.text === "wait") {
      this.optional(argumentOf(job, 0, "process"));
      return [armKinds.process, place, -1];
    }
    if (job.name.text === "sleep") {
      this.optional(argumentOf(job, 0, "seconds"));
      return [armKinds.time, place, -1];
    }
    assert(
      externalJobs.has(job.name.text),
      `an arm cannot begin with ${job.name.text}: the checker should have said so`,
    );
    this.listOf(job.arguments.filter(({ name }) => name === null).map(({ value }) => value));
    this.dictionaryOf(job.arguments.filter(({ name }) => name !== null));
    return [armKinds.external, place, this.constant(job.name.text)];
  }

  private listOf(elements: readonly Expression[]): void {
    for (const element of elements) this.expression(element);
    this.writer.emit(opcode.list, elements.length);
  }

  private dictionaryOf(named: readonly Argument[]): void {
    for (const { value } of named) this.expression(value);
    this.writer.emit(opcode.dictionary, this.names(named.map(({ name }) => name?.text ?? "")));
  }

  private timeout({ seconds, chain, else: otherwise }: TimeoutBlock): void {
    const [passed, end] = [new Label(), new Label()];
    this.expression(seconds);
    this.writer.emit(opcode.now);
    this.writer.emit(opcode.enterTimeout, otherwise === null ? -1 : passed);
    this.within(() => this.part(chain, false));
    if (otherwise === null) return;
    this.writer.emit(opcode.jump, end);
    this.writer.mark(passed);
    this.part(otherwise.chain, false);
    this.writer.mark(end);
  }

  private lock({ object, chain }: LockBlock): void {
    this.expression(object);
    this.writer.emit(opcode.enterLock);
    this.within(() => this.part(chain, false));
  }

  private session({ name, assignments, chain }: SessionBlock): void {
    this.inContext(() => {
      this.head(assignments);
      this.writer.emit(opcode.enterSession);
      this.within(() => {
        this.writer.emit(opcode.store, this.define(name));
        this.chain(chain, false);
      });
    });
  }

  /** From left to right: each name is there for the next. */
  private head(assignments: readonly Assignment[]): void {
    for (const { name, value } of assignments) {
      this.line(name.span);
      this.expression(value);
      if (isContextName(name.text)) this.writer.emit(opcode.contextSet, this.constant(name.text));
      else this.writer.emit(opcode.store, this.define(name));
    }
  }

  /** The slot of the variable that is made there. */
  private define(name: Name): number {
    const declaration = this.compilation.names.declarationAt.get(name);
    assert(declaration !== undefined, `nothing is made at '${name.text}'`);
    return this.slots.define(declaration);
  }

  /** A chain that is part of a block; a setting in it ends with it. */
  private part(chain: Chain | null, isLast: boolean, first?: () => void): void {
    this.withContext([chain], () => this.chain(chain, isLast, first));
  }

  /** A block that undoes the settings of its chains, if there are any. */
  private withContext(chains: readonly (Chain | null)[], compile: () => void): void {
    const changes = chains.some((chain) =>
      chain?.links.some(({ job }) => job.kind === "assignment" && setsContext(job.assignments)),
    );
    if (changes) this.inContext(compile);
    else compile();
  }

  private inContext(compile: () => void): void {
    this.writer.emit(opcode.enterContext);
    this.within(compile);
  }

  /** What is compiled stands in a block that was entered, and is left behind it. */
  private within(compile: () => void): void {
    this.depth += 1;
    compile();
    this.depth -= 1;
    this.writer.emit(opcode.leave, 1);
  }
}

/** As the machine knows them (opcode `choose`). */
const armKinds = { event: 0, process: 1, time: 2, external: 3 } as const;

function isTimed(arm: ChoiceArm): boolean {
  if (arm.after !== null) return true;
  const job = arm.chain.links[0]?.job;
  return job?.kind === "builtin" && job.name.text === "sleep";
}

function setsContext(assignments: readonly Assignment[]): boolean {
  return assignments.some(({ name }) => isContextName(name.text));
}

function isRange(iterable: Expression): iterable is Extract<Expression, { kind: "call" }> {
  return iterable.kind === "call" && iterable.function.text === "range";
}

/** In the order of the parameters of `range`. */
function rangeArguments(all: readonly Argument[]): (Expression | undefined)[] {
  const positional = all.filter(({ name }) => name === null);
  return ["first", "last", "step"].map(
    (parameter, index) =>
      (positional[index] ?? all.find(({ name }) => name?.text === parameter))?.value,
  );
}
