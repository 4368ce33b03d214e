/**
 * The engine: processes, their turns, the one writer with its group commit, timers, mailboxes, locks, children, consoles.
 * Only this domain changes a process's state. It declares what an effect handler is and never knows what one does.
 */
export { Answerer } from "./answerer.ts";
export { AwaitedChannels } from "./awaited-channels.ts";
export { readConsole, type ConsoleLine } from "./console.ts";
export type { Acceptance, EffectHandler, EffectHost, NewEffect, OpenEffect } from "./effect.ts";
export { Engine, type EngineOptions, type ProcessStart } from "./engine.ts";
export { Housekeeping, type LifeSettings } from "./housekeeping.ts";
export { checkJobflow } from "./storage-surroundings.ts";
export { countLiveByState, countMessages, nextTimerAt } from "./live-count.ts";
export { JobflowCompiler, placeDiagnostics, type PlacedDiagnostic } from "./jobflow-compiler.ts";
export { processMigrations } from "./migrations.ts";
export { readJobs } from "./process-jobs.ts";
export { inspectProcess, type ShownFrame, type ShownValue } from "./process-inspection.ts";
export { listProcessObjects, ProcessObjects, processFields } from "./process-objects.ts";
export { hasEnded, type ProcessState } from "./process-state.ts";
export { findProcess, isFamilyLive, listLive, type ProcessRow } from "./process-table.ts";
export { fromFieldValue as toMachineValue } from "./field-value.ts";
export { findJobflow, findJobflowProgram, programHash, ProgramStore } from "./program-store.ts";
export type { CallListener } from "./relay.ts";
export { SnapshotStore, type TextSealer } from "./snapshot-store.ts";
export { decisions, type Decision } from "./stepping.ts";
export type { Batch } from "./work-queue.ts";
