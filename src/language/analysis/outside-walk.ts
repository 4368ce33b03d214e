import { externalJobs } from "#machine";
import type {
  Argument,
  BracketJob,
  BuiltinJob,
  CaseBlock,
  Chain,
  ClosureExpression,
  Expression,
  Job,
  Jobflow,
  Name,
} from "../syntax/tree.ts";
import { closuresOf, remembered } from "../syntax/walk.ts";
import { allowedBehind, allowedBy, areAllowed } from "./allowed-values.ts";
import { isHarmlessGroup } from "./harmless-pattern.ts";
import { knownValues, type KnownValues } from "./known-values.ts";
import { first, OutsideExpressions, type Origin } from "./outside.ts";
import { resolveNames, type Declaration, type Names } from "./resolver.ts";

/**
 * Follows values from outside through the jobs of a flow, in the order in which these run: what is told at a bracket is
 * what holds there. Where ways meet, a value counts as from outside if it is so on one of them. The body of a loop is gone
 * through again if a round leaves something for the next, the whole flow if a closure was given something behind where it
 * is written: a bracket is then told of again, with no less than before.
 */
export function walkOutside(tree: Jobflow, onBracket: OnBracket): void {
  const walk = new OutsideWalk(tree, onBracket);
  walk.flow();
  if (walk.hasLearnt) walk.flow();
}

type OnBracket = (
  job: BracketJob,
  originOf: (expression: Expression) => Origin | null,
  originOfWord: WordOrigin,
) => void;

/** How many loops in each other are gone through again: each doubles what is read of those in it. */
const loopsMax = 6;

/** The origin of the value of `$name` in a string. */
export type WordOrigin = (part: Parameters<OutsideExpressions["ofWord"]>[0]) => Origin | null;

/** A place to come back to. */
interface Mark {
  length: number;
  result: Origin | null;
  error: Origin | null;
}

/** What is called by `self`, and what its `return` gives. */
type Returning = Jobflow | ClosureExpression | "child";

const outputOf = remembered(({ span }: BracketJob): Origin => ({
  span,
  message: "it comes from the output of the command there",
}));

class OutsideWalk {
  /** Whether something was asked for before it was known. */
  hasLearnt = false;
  readonly #tell: (job: BracketJob) => void;
  readonly #tree: Jobflow;
  readonly #names: Names;
  readonly #values: KnownValues;
  readonly #expressions: OutsideExpressions;
  /** What calls give the parameters of closures, and what these give back. */
  readonly #given = new Map<Declaration, Origin>();
  readonly #returned = new Map<Returning, Origin>();
  #function: Returning;
  /** What holds where the walk stands, and what it changed on its way there. */
  readonly #now = {
    variables: new Map<Declaration, Origin>(),
    result: null as Origin | null,
    error: null as Origin | null,
  };
  readonly #log: { declaration: Declaration; before: Origin | null }[] = [];
  readonly #asked = new Set<Declaration | Returning>();
  #loops = 0;
  /** A loop is gone through for the first time, to see what its rounds leave for the next; whether they do. */
  #isDry = false;
  #isSettled = true;

  constructor(tree: Jobflow, onBracket: OnBracket) {
    this.#tree = tree;
    this.#function = tree;
    this.#names = resolveNames(tree);
    this.#values = knownValues(tree);
    this.#expressions = new OutsideExpressions(this.#names, this.#values);
    const originOf = (expression: Expression): Origin | null => this.#originOf(expression);
    const originOfWord: WordOrigin = (part) => this.#expressions.ofWord(part, this.#now);
    this.#tell = (job) => onBracket(job, originOf, originOfWord);
  }

  flow(): void {
    this.#alone(() => {
      for (const { name } of this.#tree.parameters)
        this.#set(this.#names.declarationAt.get(name), {
          span: name.span,
          message: `it comes from the parameter '${name.text}'`,
        });
      this.#chain(this.#tree.chain);
    });
  }

  #originOf(expression: Expression): Origin | null {
    return this.#expressions.originOf(expression, this.#now);
  }

  #set(declaration: Declaration | null | undefined, origin: Origin | null): void {
    if (!declaration) return;
    const { variables } = this.#now;
    const before = variables.get(declaration) ?? null;
    if (before === origin) return;
    this.#log.push({ declaration, before });
    if (origin) variables.set(declaration, origin);
    else variables.delete(declaration);
  }

  #setResult(result: Origin | null): void {
    this.#now.result = result;
    // A job that succeeded leaves no error; whoever looks at one looks at the same text.
    this.#now.error = result;
  }

  #chain(chain: Chain | null | undefined): void {
    for (const { connector, job } of chain?.links ?? []) {
      const mayBeSkipped = connector?.text === "->>" || connector?.text === "=>>";
      if (mayBeSkipped) this.#optional(() => this.#job(job));
      else this.#job(job);
    }
  }

  /** Goes each way from here; behind them holds what holds at the end of any. Costs what the ways change, not what is known. */
  #oneOf(ways: readonly (() => void)[]): void {
    const ends = ways.map((walk) => {
      const mark = this.#mark();
      walk();
      const changed = new Map<Declaration, Origin | null>();
      for (const { declaration } of this.#log.slice(mark.length))
        changed.set(declaration, this.#now.variables.get(declaration) ?? null);
      const { result, error } = this.#now;
      this.#undo(mark);
      return { changed, result, error };
    });
    for (const declaration of new Set(ends.flatMap(({ changed }) => [...changed.keys()]))) {
      const before = this.#now.variables.get(declaration) ?? null;
      const origin = ends.reduce<Origin | null>(
        (found, { changed }) =>
          found ?? (changed.has(declaration) ? (changed.get(declaration) ?? null) : before),
        null,
      );
      this.#set(declaration, origin);
    }
    this.#now.result = ends.find(({ result }) => result)?.result ?? null;
    this.#now.error = ends.find(({ error }) => error)?.error ?? null;
  }

  /** The same, where one way does nothing. */
  #optional(walk: () => void): void {
    const { length, result, error } = this.#mark();
    walk();
    if (this.#log.length > length) {
      const before = new Map<Declaration, Origin | null>();
      for (let index = length; index < this.#log.length; index++) {
        const entry = this.#log[index];
        if (entry && !before.has(entry.declaration)) before.set(entry.declaration, entry.before);
      }
      for (const [declaration, origin] of before)
        if (origin && !this.#now.variables.has(declaration)) this.#set(declaration, origin);
    }
    this.#now.result ??= result;
    this.#now.error ??= error;
  }

  /** What has variables of its own begins with what holds here, and leaves nothing behind. */
  #alone<Result>(walk: () => Result): Result {
    const mark = this.#mark();
    this.#now.result = null;
    this.#now.error = null;
    const result = walk();
    this.#undo(mark);
    return result;
  }

  #mark(): Mark {
    return { length: this.#log.length, result: this.#now.result, error: this.#now.error };
  }

  #undo({ length, result, error }: Mark): void {
    for (const { declaration, before } of this.#log.splice(length).toReversed()) {
      if (before) this.#now.variables.set(declaration, before);
      else this.#now.variables.delete(declaration);
    }
    this.#now.result = result;
    this.#now.error = error;
  }

  #job(job: Job): void {
    for (const closure of closuresOf(job)) this.#closure(closure);
    switch (job.kind) {
      case "bracket":
        return this.#bracket(job);
      case "assignment":
        for (const { name, value } of job.assignments)
          this.#set(this.#names.useAt.get(name)?.declaration, this.#originOf(value));
        return;
      case "event":
        return this.#setResult({
          span: job.span,
          message: "it comes from the message that arrives there",
        });
      case "builtin":
        return this.#builtin(job);
      case "plain":
      case "session":
        for (const { name, value } of job.assignments)
          this.#set(this.#names.declarationAt.get(name), this.#originOf(value));
        return this.#chain(job.chain);
      case "if":
        return this.#if(job);
      case "case":
        return this.#case(job);
      case "for":
        this.#element(job.names, job.iterable);
        return this.#loop(job.chain);
      case "while":
        return this.#loop(job.chain);
      case "pfor":
        return this.#children([job.chain], () => this.#element(job.names, job.iterable));
      case "fork":
        return this.#children(job.chains, () => undefined);
      case "choice":
        return this.#oneOf(
          job.arms.map(
            ({ chain }) =>
              () =>
                this.#chain(chain),
          ),
        );
      case "timeout":
        return this.#oneOf([() => this.#chain(job.chain), () => this.#chain(job.else?.chain)]);
      case "lock":
        return this.#chain(job.chain);
      case "update":
      case "error":
        return;
    }
  }

  #bracket(job: BracketJob): void {
    this.#tell(job);
    const target = this.#values.of(job.target);
    if (target?.kind === "name" && target.name === "self")
      return this.#called(this.#function, job.arguments);
    if (target?.kind === "closure") return this.#called(target, job.arguments);
    if (target?.kind !== "string" && target?.kind !== "binary") return this.#setResult(null);
    this.#setResult(outputOf(job));
  }

  /** What a closure is given is from outside where it is called; what it returns, where it is written. */
  #called(callee: Returning, given: readonly Argument[]): void {
    if (callee !== "child")
      for (const [index, { name, value }] of given.entries()) {
        const parameter = callee.parameters.find((each, place) =>
          name === null ? place === index : each.name.text === name.text,
        );
        const declaration = parameter && this.#names.declarationAt.get(parameter.name);
        const origin = this.#originOf(value);
        if (declaration && origin) this.#learn(this.#given, declaration, origin);
      }
    this.#setResult(this.#known(this.#returned, callee));
  }

  #known<Key extends Declaration | Returning>(
    known: ReadonlyMap<Key, Origin>,
    key: Key,
  ): Origin | null {
    const origin = known.get(key);
    if (!origin) this.#asked.add(key);
    return origin ?? null;
  }

  #learn<Key extends Declaration | Returning>(
    known: Map<Key, Origin>,
    key: Key,
    origin: Origin,
  ): void {
    if (!known.has(key) && this.#asked.has(key)) this.hasLearnt = true;
    known.set(key, origin);
  }

  #closure(closure: ClosureExpression): void {
    this.#alone(() => {
      for (const { name } of closure.parameters) {
        const declaration = this.#names.declarationAt.get(name);
        this.#set(declaration, declaration ? this.#known(this.#given, declaration) : null);
      }
      this.#inside(closure, () => this.#chain(closure.chain));
    });
  }

  #inside<Result>(callee: Returning, walk: () => Result): Result {
    const around = this.#function;
    this.#function = callee;
    const result = walk();
    this.#function = around;
    return result;
  }

  #builtin(job: BuiltinJob): void {
    const name = job.name.text;
    if (name === "return") {
      const value = job.arguments[0]?.value;
      const origin = value ? this.#originOf(value) : null;
      if (origin) this.#learn(this.#returned, this.#function, origin);
    } else if (name === "wait") {
      this.#setResult(null);
    } else if (externalJobs.has(name)) {
      this.#setResult({ span: job.span, message: "it comes from the answer that arrives there" });
    }
  }

  #if(job: Extract<Job, { kind: "if" }>): void {
    const ways = job.arms.map(({ condition, chain }) => () => {
      this.#clear(allowedBy(condition, this.#names));
      this.#chain(chain);
    });
    this.#oneOf([...ways, () => this.#chain(job.else?.chain)]);
    // `{ if x not in ['a', 'b'] | abort(…) }`: whatever comes behind is one of them.
    this.#clear(allowedBehind(job, this.#names));
  }

  #case(job: CaseBlock): void {
    const [subject, other] = job.subjects;
    const origin = subject ? first(job.subjects, (each) => this.#originOf(each)) : this.#now.result;
    const meant =
      subject?.kind === "name" && !other ? this.#names.useAt.get(subject)?.declaration : null;
    const ways = job.arms.map((arm) => () => {
      const patterns = arm.patterns.flat();
      if (areAllowed(patterns)) {
        if (!subject) this.#now.result = null;
        this.#set(meant, null);
      }
      for (const group of this.#names.groupsOf.get(arm) ?? []) {
        const isHarmless = patterns
          .filter((pattern) => pattern.kind === "pattern")
          .every((pattern) => isHarmlessGroup(pattern, group.name.text));
        this.#set(group, isHarmless ? null : origin);
      }
      this.#chain(arm.chain);
    });
    this.#oneOf([...ways, () => this.#chain(job.else?.chain)]);
  }

  /** Of two names the first is an index or a key. */
  #element(names: readonly Name[], iterable: Expression): void {
    const name = names.at(-1);
    this.#set(name && this.#names.declarationAt.get(name), this.#originOf(iterable));
  }

  #loop(chain: Chain | null): void {
    this.#loops++;
    if (this.#isDry || this.#loops > loopsMax) {
      if (this.#round(chain)) this.#isSettled = false;
    } else {
      this.#isDry = true;
      this.#isSettled = true;
      const isAgain = this.#round(chain) || !this.#isSettled;
      this.#isDry = false;
      if (isAgain) this.#round(chain);
    }
    this.#loops--;
  }

  /** Whether something is different behind it, if it happens. */
  #round(chain: Chain | null): boolean {
    const { length, result, error } = this.#mark();
    this.#optional(() => this.#chain(chain));
    const hasOutcome = this.#now.result !== result || this.#now.error !== error;
    return hasOutcome || this.#log.length > length;
  }

  /** Their results are what they return, else their last `$RESULT`. */
  #children(chains: readonly (Chain | null)[], begin: () => void): void {
    this.#returned.delete("child");
    const results = chains.map((chain) =>
      this.#alone(() => {
        begin();
        this.#inside("child", () => this.#chain(chain));
        return this.#now.result;
      }),
    );
    this.#setResult(this.#returned.get("child") ?? results.find(Boolean) ?? null);
  }

  #clear(declarations: readonly Declaration[]): void {
    for (const declaration of declarations) this.#set(declaration, null);
  }
}
