/**
 * The limits of the machine, each with its reason. Who exceeds one gets a failed job, or an ended process, with
 * reason `limit`; nothing here is a matter of taste that a flow should have to think about.
 */

/** Calls that wait for each other (LANGUAGE section 5). A recursion that goes deeper is taken for an accident. */
export const callDepthMax = 10_000;

/** Instructions without a wait, before the process is taken for one that never ends (LANGUAGE section 5). */
export const instructionsMax = 10_000_000;

/** Elements that built-ins and operators copy without a wait, where one instruction does much: some ten seconds to a minute of one core. */
export const workMax = 2_000_000_000;

/** The same, before other processes have their turns: half a second of one core at most, and room for what is larger than can be stored. */
export const workPerTurnMax = 8_000_000;

/** YAML is read a hundred times slower than JSON; a longer text would keep all others waiting. */
export const yamlLengthMax = 1024 * 1024;

/** Characters of a text, and the sum of all texts and elements of a list or dictionary: a value must fit into memory many times. */
export const valueSizeMax = 16 * 1024 * 1024;

/** Lists in lists in lists: deeper ones are built by accident, and everything that walks a value does so recursively. */
export const valueDepthMax = 200;

/** What a question to the world counts as work: no more than lets the limit of instructions come first. */
export const askWork = 200;

/** Elements of a list made by `range` as a value; `for v in range(n)` counts without one. */
export const rangeMax = 1_000_000;

/** DESIGN section 5: a stored process is at most 4 MB. */
export const snapshotBytesMax = 4 * 1024 * 1024;

/** Call sites that tail calls replaced and that an abort still names. */
export const replacedSitesMax = 8;

/** Secrets that a process remembers for masking; the oldest are forgotten first. */
export const secretsMax = 1000;

/** Children of a fork or pfor at once: their parent has to be stored with what each of them is given. */
export const childrenMax = 50_000;

/** Children that a fork starts with one question: with more, others would wait too long for their turns. */
export const childrenPerAskMax = 500;

/** Compiled patterns kept for the next use. */
export const patternsCachedMax = 500;
