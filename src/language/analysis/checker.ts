import type { Jobflow } from "../syntax/tree.ts";
import { parse, type Parsed } from "../syntax/parser.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { checkArguments } from "./checks/arguments.ts";
import { checkBuiltins } from "./checks/builtins.ts";
import { checkChoices } from "./checks/choices.ts";
import { checkCommands } from "./checks/commands.ts";
import { checkConnectors } from "./checks/connectors.ts";
import { checkControl } from "./checks/control.ts";
import { checkNames } from "./checks/names.ts";
import { checkNotBuilt } from "./checks/not-built.ts";
import { checkParameters } from "./checks/parameters.ts";

/** These look at single jobs and expressions; the others would blame what stands where the parser gave up. */
const localChecks = [
  checkParameters,
  checkArguments,
  checkBuiltins,
  checkChoices,
  checkControl,
  checkNotBuilt,
];
const wholeChecks = [checkNames, checkConnectors, checkCommands];

/**
 * Says what is wrong with a flow that could be parsed: what cannot mean anything (errors), what most likely is a
 * mistake (warnings), and what may surprise (hints). In the order of the source.
 */
export function check(tree: Jobflow): Diagnostic[] {
  return inOrder([...localChecks, ...wholeChecks].flatMap((checkOne) => checkOne(tree)));
}

/** Parses and checks: everything that can be said about the text, in its order. */
export function diagnose(source: string): Parsed {
  const { tree, diagnostics } = parse(source);
  if (diagnostics.length === 0) return { tree, diagnostics: check(tree) };
  const found = localChecks.flatMap((checkOne) => checkOne(tree));
  return { tree, diagnostics: inOrder([...diagnostics, ...found]) };
}

function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.toSorted((a, b) => a.span.start - b.span.start);
}
