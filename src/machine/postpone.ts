import type { Wait } from "./effect.ts";
import type { Block, State } from "./state.ts";

/**
 * Moves what the process counts the time of: it was held by a person, and that time is not its own. That is true for the `timeout`
 * blocks around what it waits for; a `sleep` that is itself waited for is moved only with `sleeps`.
 */
export function postpone(state: State, ms: number, { sleeps }: { sleeps: boolean }): void {
  for (const frame of state.frames) frame.blocks = frame.blocks.map((block) => later(block, ms));
  if (state.pending?.pause.kind !== "wait") return;
  const { pause, resume } = state.pending;
  state.pending = {
    pause: {
      ...pause,
      deadline: pause.deadline === null ? null : pause.deadline + ms,
      waits: sleeps ? pause.waits.map((wait) => laterWait(wait, ms)) : pause.waits,
    },
    resume,
  };
}

function later(block: Block, ms: number): Block {
  return block.kind === "timeout" ? { ...block, deadline: block.deadline + ms } : block;
}

function laterWait(wait: Wait, ms: number): Wait {
  return wait.kind === "sleep" ? { ...wait, until: wait.until + ms } : wait;
}
