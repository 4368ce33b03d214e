import type { Diagnostic } from "../diagnostic.ts";
import type { LocalCheck } from "../local-checks.ts";
import type { Span } from "../../syntax/span.ts";

/**
 * What the language has and this version cannot do yet: nobody takes these waits of the machine. Whoever builds one
 * takes it out of here.
 */
export const notBuilt: ReadonlySet<string> = new Set(["mailto", "confirm"]);

/** Says which jobs can be written, but fail because they are not built yet. */
export const checkNotBuilt: LocalCheck = {
  job(job, report) {
    if (job.kind === "builtin" && notBuilt.has(job.name.text))
      report(missing(job.name.text, job.name.span));
  },
};

function missing(name: string, span: Span): Diagnostic {
  return {
    code: "job.not-built",
    severity: "warning",
    span,
    message: `'${name}' is not built yet: this job fails when it runs`,
    hint: "Do it with a command for now.",
  };
}
