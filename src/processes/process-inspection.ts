import type { Transaction } from "#database";
import {
  maskSecrets,
  programsOf,
  secretsOf,
  shownSecret,
  toJson,
  typeName,
  variablesOf,
  type FrameView,
  type Json,
  type Value,
} from "#machine";
import type { ProcessRow } from "./process-table.ts";
import type { ProgramStore } from "./program-store.ts";
import { maskJson } from "./shown-result.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

/** A value for people: its secrets hidden, and cut where it is long. */
export interface ShownValue {
  name: string;
  /** As `type()` says it. */
  type: string;
  value: Json;
  /** Whether the value is the beginning of its JSON text, because it is longer. */
  isCut: boolean;
}

/** One call of a process: where it is, and what it knows. */
export interface ShownFrame {
  path: string;
  line: number;
  job: string | null;
  /** Whether its values are left out: it acts for somebody else. */
  isHidden: boolean;
  variables: ShownValue[];
  context: ShownValue[];
  /** `$STATUS $RESULT $ERROR $REASON` */
  outcome: ShownValue[];
}

// Enough to understand, never enough to fill a screen or a connection.
const valueMax = 2000;
const valuesMax = 200;
const framesMax = 50;

/** Their values are secrets however they were written. */
const secretNames: ReadonlySet<string> = new Set(["__password__", "__passphrase__", "__key__"]);

/**
 * The calls of a process with their variables, innermost first, as of its last stored turn; empty for one that has ended well.
 * `maySee` says of a frame that acts for another principal whether its values may be shown.
 */
export async function inspectProcess(
  tx: Transaction,
  row: ProcessRow,
  stores: { programs: ProgramStore; snapshots: SnapshotStore },
  maySee: (runsAs: number) => boolean,
): Promise<{ frames: ShownFrame[]; framesLeftOut: number }> {
  if (row.snapshot === null) return { frames: [], framesLeftOut: 0 };
  const state = stores.snapshots.decodeState(row.snapshot);
  await stores.programs.load(tx, programsOf(state));
  const views = variablesOf(state, { program: stores.programs.cached });
  const secrets = secretsOf(state);
  const frames = views
    .slice(0, framesMax)
    .map((view) => shownFrame(view, secrets, view.runsAs === null || maySee(view.runsAs)));
  return { frames, framesLeftOut: views.length - frames.length };
}

function shownFrame(view: FrameView, secrets: readonly string[], isSeen: boolean): ShownFrame {
  const { path, line, job, variables, context, outcome } = view;
  const shown = (values: Iterable<readonly [string, Value]>) =>
    isSeen
      ? [...values].slice(0, valuesMax).map(([name, value]) => shownValue(name, value, secrets))
      : [];
  return {
    path,
    line,
    job: job === null ? null : maskSecrets(job, secrets),
    isHidden: !isSeen,
    variables: shown(variables),
    context: shown(context),
    outcome: shown([
      ["$STATUS", outcome.status],
      ["$RESULT", outcome.result],
      ["$ERROR", outcome.error],
      ["$REASON", outcome.reason],
    ]),
  };
}

function shownValue(name: string, value: Value, secrets: readonly string[]): ShownValue {
  const type = typeName(value);
  if (secretNames.has(name) && value !== null) {
    return { name, type, value: shownSecret, isCut: false };
  }
  const json = maskJson(toJson(value), secrets);
  const text = JSON.stringify(json);
  if (text.length <= valueMax) return { name, type, value: json, isCut: false };
  return { name, type, value: text.slice(0, valueMax), isCut: true };
}
