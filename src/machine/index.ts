/**
 * The machine: what a program is and how it runs. It is a pure function, (state, input) → (state', pause): it does no I/O,
 * knows no clock and no chance, and runs in servers and browsers alike. What it needs of the world it asks or waits for
 * (effect.ts); who gives that is the engine's business.
 */
export * from "./value.ts";
export * from "./effect.ts";
export {
  argumentFault,
  signatureOf,
  type Builtin,
  type BuiltinParameter,
} from "./builtins/builtin.ts";
export { externalJobs } from "./builtins/job.ts";
export { builtinGroups, builtins, findBuiltin } from "./builtins/list.ts";
export { decodeValue, encodeValue } from "./encoding.ts";
export {
  currentLine,
  describeEnd,
  describeWait,
  parametersOf,
  pendingPause,
  processesOf,
  principalOf,
  programsOf,
  secretsOf,
  variablesOf,
  type FrameView,
} from "./inspect.ts";
export { JobRecorder, type JobDetails, type JobOutcome, type JobRecord } from "./job-recorder.ts";
export { fromJson, JsonError, parseJson, toJson, type Json } from "./json.ts";
export { advance, advanceBy, begin, type Interruption, type Start } from "./machine.ts";
export * as opcode from "./opcode.ts";
export { compare, contains, equal } from "./operators.ts";
export { postpone } from "./postpone.ts";
export { fits, groupNames, patternFault } from "./pattern.ts";
export { rewind } from "./rewind.ts";
export {
  decodeProgram,
  encodeProgram,
  lineAt,
  type FunctionCode,
  type FunctionKind,
  type JobPlace,
  type Program,
} from "./program.ts";
export { containsSecret, maskSecrets, shownSecret } from "./secret.ts";
export { decodeState, encodeState } from "./snapshot.ts";
export type { Frame, State, TraceEntry } from "./state.ts";
export { commandText, jsonText, textOf } from "./text.ts";
export type { Environment, Observer } from "./turn.ts";
