import type { Chain, Expression, Job, Jobflow, Parameter } from "../syntax/tree.ts";
import { chainsOf, expressionsOf, operandsOf } from "../syntax/walk.ts";
import type { Diagnostic } from "./diagnostic.ts";

/**
 * A check that looks at one thing and what stands in it, never at what is around it. What it says therefore holds as long
 * as the job is the same, and an editor, which keeps the jobs that were not touched, asks it about the touched ones only.
 *
 *   L1  spans are those of the tree, not copies: they are moved when something before them is written
 *   L2  every job, expression, chain and list of parameters is shown to it once
 */
export interface LocalCheck {
  readonly job?: (job: Job, report: Report) => void;
  readonly expression?: (expression: Expression, report: Report) => void;
  readonly chain?: (chain: Chain, report: Report) => void;
  /** Of the flow or a closure. */
  readonly parameters?: (parameters: readonly Parameter[], report: Report) => void;
}

export type Report = (diagnostic: Diagnostic) => void;

/** Goes through a flow once for all local checks, and remembers what they said of each job. */
export class LocalChecks {
  readonly #checks: readonly LocalCheck[];
  readonly #known = new WeakMap<Job, readonly Diagnostic[]>();

  constructor(checks: readonly LocalCheck[]) {
    this.#checks = checks;
  }

  check({ parameters, chain }: Jobflow): Diagnostic[] {
    const found: Diagnostic[] = [];
    this.#parameters(parameters, found);
    if (chain) this.#chain(chain, found);
    return found;
  }

  #chain(chain: Chain, found: Diagnostic[]): void {
    const report = (diagnostic: Diagnostic): number => found.push(diagnostic);
    for (const check of this.#checks) check.chain?.(chain, report);
    for (const { job } of chain.links) for (const each of this.#job(job)) found.push(each);
  }

  #job(job: Job): readonly Diagnostic[] {
    const known = this.#known.get(job);
    if (known) return known;
    const found: Diagnostic[] = [];
    const report = (diagnostic: Diagnostic): number => found.push(diagnostic);
    for (const check of this.#checks) check.job?.(job, report);
    for (const expression of expressionsOf(job)) this.#expression(expression, found, report);
    for (const { chain } of chainsOf(job)) this.#chain(chain, found);
    const kept = found.length > 0 ? found : nothing;
    this.#known.set(job, kept);
    return kept;
  }

  #expression(expression: Expression, found: Diagnostic[], report: Report): void {
    for (const check of this.#checks) check.expression?.(expression, report);
    if (expression.kind === "closure") this.#parameters(expression.parameters, found);
    else for (const operand of operandsOf(expression)) this.#expression(operand, found, report);
    if (expression.kind === "closure" && expression.chain) this.#chain(expression.chain, found);
  }

  #parameters(parameters: readonly Parameter[], found: Diagnostic[]): void {
    const report = (diagnostic: Diagnostic): number => found.push(diagnostic);
    for (const check of this.#checks) check.parameters?.(parameters, report);
    for (const { default: value } of parameters) if (value) this.#expression(value, found, report);
  }
}

const nothing: readonly Diagnostic[] = [];
