/** The flows that the engine is measured with. */

/**
 * So many processes at once, each of so many durable steps: a command that answers at once with its own text, whose result is on
 * disk before the next one leaves, and a line on the console.
 */
export const wave = {
  path: "/wave",
  source: `|processes| |steps|
{ __conntype__ = 'none' |
  { pfor n in range(processes) | { for step in range(steps) | ["step $step"] -> print($RESULT) } } }`,
};

/** So many processes that wait for a message which does not come. */
export const parkers = {
  path: "/park",
  source: `|processes|
{ for n in range(processes) | spawn(./parked, n) }`,
};
export const parked = { path: "/parked", source: "|number|\n<./nobody>" };

/** So many processes that give commands without end. */
export const runners = {
  path: "/run",
  source: `|processes|
{ for n in range(processes) | spawn(./running) }`,
};
export const running = {
  path: "/running",
  source: "{ __conntype__ = 'none' | { while true | ['step'] } }",
};
