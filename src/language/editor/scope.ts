import type { Declaration } from "../analysis/resolver.ts";
import type { Span } from "../syntax/span.ts";
import type { Job, Name } from "../syntax/tree.ts";
import { chainsOf, closuresOf } from "../syntax/walk.ts";
import type { EditorDocument } from "./document.ts";

/** The variables and parameters that a name could mean at the offset; of those with one name the innermost. */
export function visibleAt(document: EditorDocument, offset: number): Declaration[] {
  const { names, tree } = document;
  const visible = new Map<string, Declaration>();
  const show = (declaration: Declaration | undefined): void => {
    if (declaration) visible.set(declaration.name.text, declaration);
  };
  const showFunction = (node: Parameters<typeof names.functions.get>[0]): void => {
    const made = names.functions.get(node);
    for (const declaration of [...(made?.parameters ?? []), ...(made?.assigned ?? [])])
      show(declaration);
  };
  const showMade = (made: readonly Name[]): void => {
    for (const name of made) show(names.declarationAt.get(name));
  };
  const visit = (job: Job): void => {
    if (job.kind === "plain" || job.kind === "session")
      showMade(job.assignments.filter(({ span }) => span.end <= offset).map(({ name }) => name));
    if (job.kind === "session") showMade([job.name]);
    if (job.kind === "for") showMade(job.names);
    if (job.kind === "pfor") showFunction(job);
    if (job.kind === "case")
      for (const arm of job.arms)
        if (holds(arm.span, offset)) for (const group of names.groupsOf.get(arm) ?? []) show(group);
    for (const closure of closuresOf(job)) {
      if (!holds(closure.span, offset)) continue;
      showFunction(closure);
      visitLinks(closure.chain?.links ?? []);
    }
    for (const { chain } of chainsOf(job)) {
      if (job.kind === "fork" && holds(chain.span, offset)) showFunction(chain);
      visitLinks(chain.links);
    }
  };
  const visitLinks = (links: readonly { job: Job }[]): void => {
    for (const { job } of links) if (holds(job.span, offset)) visit(job);
  };
  showFunction(tree);
  visitLinks(tree.chain?.links ?? []);
  return [...visible.values()];
}

export function holds({ start, end }: Span, offset: number): boolean {
  return start < offset && offset <= end;
}
