import { t } from "../../ui/text.ts";
import type { ProcessState } from "./api.ts";
import styles from "./state-mark.module.css";

/** The state of a process as shape and word; the colour only helps. */
export function StateMark({ state }: { state: ProcessState }) {
  return (
    <span className={`${styles.mark} ${styles[tones[state]]}`}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <path
          d={shapes[state]}
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
          strokeLinejoin="round"
        />
      </svg>
      {t(`state.${state}`)}
    </span>
  );
}

const tones: Record<ProcessState, string> = {
  new: "off",
  ready: "run",
  running: "run",
  waiting: "wait",
  suspended: "off",
  done: "ok",
  aborted: "fail",
  cancelled: "off",
};

const circle = "M14 8a6 6 0 1 1-12 0a6 6 0 1 1 12 0";

/** Drawn in a square of 16. */
const shapes: Record<ProcessState, string> = {
  new: circle,
  ready: circle,
  running: "M4 2l9 6l-9 6z",
  waiting: `${circle}M8 4v4l3 2`,
  suspended: "M5 3v10M11 3v10",
  done: "M2 8l4 5l8-10",
  aborted: "M5 1h6l4 7l-4 7h-6l-4-7zM5.5 5.5l5 5M10.5 5.5l-5 5",
  cancelled: `${circle}M4 12l8-8`,
};
