/**
 * Rehearsal: jobflows run against given answers on a clock that jumps, with the real machine, engine and storage over a
 * database in memory. It owns what a test file says and what must hold; it never touches a server, and reads no files.
 */
export { Coverage, type FlowCoverage } from "./coverage.ts";
export type { Problem } from "./expectations.ts";
export { rehearse, type Rehearsal } from "./rehearse.ts";
export type { TestCase } from "./test-case.ts";
export type { TestFault } from "./test-fault.ts";
export { parseTestFile, type TestFile } from "./test-file.ts";
