import type { Jobflow } from "../syntax/tree.ts";
import { parse, type Parsed } from "../syntax/parser.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { checkArguments } from "./checks/arguments.ts";
import { checkArms } from "./checks/arms.ts";
import { checkBuiltins } from "./checks/builtins.ts";
import { checkCalls } from "./checks/calls.ts";
import { checkChoiceEffects, checkChoices } from "./checks/choices.ts";
import { checkBrackets, checkCommands } from "./checks/commands.ts";
import { checkComparisons } from "./checks/comparisons.ts";
import { checkConnectors } from "./checks/connectors.ts";
import { checkLoopExits, checkReach } from "./checks/control.ts";
import { checkFields } from "./checks/fields.ts";
import { checkNames } from "./checks/names.ts";
import { checkNotBuilt } from "./checks/not-built.ts";
import { checkParameters } from "./checks/parameters.ts";
import { checkPaths } from "./checks/paths.ts";
import { LocalChecks } from "./local-checks.ts";
import type { Surroundings } from "./surroundings.ts";

/** These look at single jobs and expressions; the others would blame what stands where the parser gave up. */
const faultyChecks = new LocalChecks([
  checkParameters,
  checkArguments,
  checkBuiltins,
  checkChoices,
  checkReach,
  checkNotBuilt,
]);
const soundChecks = new LocalChecks([checkConnectors, checkBrackets, checkArms, checkComparisons]);
/** These need to know what a name means, or what is around a job. */
const wholeChecks = [checkNames, checkCommands, checkChoiceEffects];
/** These need to know what is around the flow. */
const outwardChecks = [checkPaths, checkFields];

/**
 * Says what is wrong with a flow that could be parsed: what cannot mean anything (errors), what most likely is a
 * mistake (warnings), and what may surprise (hints). In the order of the source. With surroundings also what does not
 * fit them; that is never an error, because they may change before the flow runs.
 */
export function check(tree: Jobflow, surroundings?: Surroundings): Diagnostic[] {
  return inOrder([
    ...checkFaulty(tree),
    ...soundChecks.check(tree),
    ...wholeChecks.flatMap((checkOne) => checkOne(tree)),
    ...checkCalls(tree, surroundings),
    ...(surroundings ? outwardChecks.flatMap((checkOne) => checkOne(tree, surroundings)) : []),
  ]);
}

function checkFaulty(tree: Jobflow): Diagnostic[] {
  return [...faultyChecks.check(tree), ...checkLoopExits(tree)];
}

/** Parses and checks: everything that can be said about the text, in its order. */
export function diagnose(source: string, surroundings?: Surroundings): Parsed {
  const parsed = parse(source);
  return { tree: parsed.tree, diagnostics: diagnoseParsed(parsed, surroundings) };
}

/** Everything that can be said about what was parsed. */
export function diagnoseParsed(
  { tree, diagnostics }: Parsed,
  surroundings?: Surroundings,
): Diagnostic[] {
  if (diagnostics.length === 0) return check(tree, surroundings);
  return inOrder([...diagnostics, ...checkFaulty(tree)]);
}

function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.toSorted((a, b) => a.span.start - b.span.start);
}
