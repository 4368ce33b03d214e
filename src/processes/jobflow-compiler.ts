import { TsunagiError } from "#kernel";
import { compile, formatDiagnostic, LineIndex, type Diagnostic } from "#language";
import type { Transaction } from "#database";
import type { Actor, ChangeListener, ChangeRecord, ObjectState } from "#objects";
import {
  markDraft,
  setJobflowLimit,
  setJobflowProgram,
  whenFullChoices,
  type JobflowLimit,
  type ProgramStore,
} from "./program-store.ts";

/** A diagnostic with its place, as the API gives it. */
export interface PlacedDiagnostic {
  code: string;
  severity: Diagnostic["severity"];
  line: number;
  column: number;
  message: string;
  hint?: string;
  /** Another place that has to do with it, such as where a value comes from. */
  related?: { line: number; column: number; message: string };
}

/**
 * Compiles jobflows when they are saved, inside the change's transaction: what does not compile is refused with all
 * diagnostics, or, as a draft, kept while the last version that compiled goes on being called.
 */
export class JobflowCompiler implements ChangeListener {
  readonly #programs: ProgramStore;

  constructor(programs: ProgramStore) {
    this.#programs = programs;
  }

  async changed(transaction: Transaction, change: ChangeRecord): Promise<void> {
    for (const { before, after, id } of change.entries) {
      if (after?.type !== "Jobflow") continue;
      const old = before !== null && before.type === after.type ? before : null;
      if (old === null || sourceOf(old) !== sourceOf(after)) {
        if (before !== null) assertMayChangeSource(change.actor, before);
        await this.#compile(transaction, id, after, change.isDraft);
        // The row in which it stands may be new.
        await setJobflowLimit(transaction, id, limitOf(after));
      } else if (!isSameLimit(limitOf(old), limitOf(after))) {
        await setJobflowLimit(transaction, id, limitOf(after));
      }
    }
  }

  async #compile(
    transaction: Transaction,
    id: number,
    jobflow: ObjectState,
    isDraft: boolean,
  ): Promise<void> {
    const source = sourceOf(jobflow);
    const { program, diagnostics } = compile(source);
    if (program !== null) {
      const hash = await this.#programs.save(transaction, program);
      await setJobflowProgram(transaction, id, hash);
    } else if (isDraft) {
      await markDraft(transaction, id);
    } else {
      throw syntaxError(jobflow.path, source, diagnostics);
    }
  }
}

/** Who writes the source of a jobflow that runs as its owner acts as the owner: nobody else may. */
function assertMayChangeSource({ principal }: Actor, before: ObjectState): void {
  const isOwner = principal.isAdministrator || principal.userId === before.ownerId;
  if (isOwner || before.fields.runs_as !== "owner") return;
  throw new TsunagiError(
    "PERMISSION_DENIED",
    `${principal.name} may not change the source of ${before.path}: it runs as its owner`,
    { hint: "who manages it can set its field runs_as to 'caller' first" },
  );
}

function limitOf({ fields }: ObjectState): JobflowLimit | null {
  const { processes_max: atMost, when_full: whenFull } = fields;
  if (typeof atMost !== "number") return null;
  return { atMost, whenFull: whenFullChoices.find((each) => each === whenFull) ?? "queue" };
}

function isSameLimit(a: JobflowLimit | null, b: JobflowLimit | null): boolean {
  return a?.atMost === b?.atMost && a?.whenFull === b?.whenFull;
}

function sourceOf(jobflow: ObjectState): string {
  const { source } = jobflow.fields;
  return typeof source === "string" ? source : "";
}

/** All that is wrong with a source, as one failure. */
export function syntaxError(
  path: string,
  source: string,
  diagnostics: readonly Diagnostic[],
): TsunagiError {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const lines = errors.map((diagnostic) => formatDiagnostic(diagnostic, source, path));
  return new TsunagiError("SYNTAX_ERROR", lines.join("\n"), {
    details: { path, diagnostics: placeDiagnostics(source, diagnostics) },
    hint: "correct the source, or keep it as a draft that cannot be run with ?draft=true",
  });
}

/** Lines and columns, from 1, for diagnostics that hold offsets. */
export function placeDiagnostics(
  source: string,
  diagnostics: readonly Diagnostic[],
): PlacedDiagnostic[] {
  const index = new LineIndex(source);
  return diagnostics.map(({ code, severity, span, message, hint, related }) => ({
    code,
    severity,
    ...index.position(span.start),
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(related && {
      related: { ...index.position(related.span.start), message: related.message },
    }),
  }));
}
