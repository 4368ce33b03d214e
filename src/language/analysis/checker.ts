import type { Jobflow } from "../syntax/tree.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { checkBuiltins } from "./checks/builtins.ts";
import { checkCommands } from "./checks/commands.ts";
import { checkConnectors } from "./checks/connectors.ts";
import { checkControl } from "./checks/control.ts";
import { checkParameters } from "./checks/parameters.ts";

/**
 * Says what is wrong with a flow that can be parsed: what cannot mean anything (errors), what most likely is a
 * mistake (warnings), and what may surprise (hints). In the order of the source.
 */
export function check(tree: Jobflow): Diagnostic[] {
  return checks
    .flatMap((checkOne) => checkOne(tree))
    .toSorted((a, b) => a.span.start - b.span.start);
}

const checks = [checkParameters, checkBuiltins, checkControl, checkConnectors, checkCommands];
