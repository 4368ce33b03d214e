import type { Wait } from "./effect.ts";
import type { Block, State } from "./state.ts";

/** Moves all that the process counts the time of: it was held by a person, and that time is not its own. */
export function postpone(state: State, ms: number): void {
  for (const frame of state.frames) frame.blocks = frame.blocks.map((block) => later(block, ms));
  if (state.pending?.pause.kind !== "wait") return;
  const { pause, resume } = state.pending;
  state.pending = {
    pause: {
      ...pause,
      deadline: pause.deadline === null ? null : pause.deadline + ms,
      waits: pause.waits.map((wait) => laterWait(wait, ms)),
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
