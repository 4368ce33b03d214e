import type { Program } from "#machine";
import { diagnose } from "../analysis/checker.ts";
import type { Diagnostic } from "../analysis/diagnostic.ts";
import { LineIndex } from "../analysis/position.ts";
import { resolveNames } from "../analysis/resolver.ts";
import type { Surroundings } from "../analysis/surroundings.ts";
import type { Jobflow } from "../syntax/tree.ts";
import { compileFunction } from "./block-compiler.ts";
import type { CompiledChain } from "./expression-compiler.ts";
import { ProgramWriter } from "./writer.ts";

/** From source to program: the program, if there is no error in the source, and all that is to be said about it. */
export function compile(
  source: string,
  surroundings?: Surroundings,
): {
  program: Program | null;
  tree: Jobflow;
  diagnostics: Diagnostic[];
} {
  const { tree, diagnostics } = diagnose(source, surroundings);
  const program = diagnostics.some(isError) ? null : compileTree(tree, source);
  return { program, tree, diagnostics };
}

/** Where the jobs of a source without errors stand in its program, for whoever watches it run. */
export function compiledChains(source: string): CompiledChain[] {
  const chains: CompiledChain[] = [];
  const { tree, diagnostics } = diagnose(source);
  if (!diagnostics.some(isError)) compileTree(tree, source, (chain) => void chains.push(chain));
  return chains;
}

/** The program of a tree in which nothing is wrong. */
export function compileTree(
  tree: Jobflow,
  source: string,
  onChain?: (chain: CompiledChain) => void,
): Program {
  const program = new ProgramWriter();
  const { parameters, chain } = tree;
  compileFunction(
    { program, lines: new LineIndex(source), source, names: resolveNames(tree), onChain },
    { kind: "flow", parameters, chain, node: tree },
    null,
  );
  return program.finish();
}

function isError({ severity }: Diagnostic): boolean {
  return severity === "error";
}
