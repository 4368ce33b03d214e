import type { CommandResult } from "#contract";
import type { Outcome } from "#machine";

/** What a result leaves behind in a flow (LANGUAGE section 3). */
export function commandOutcome(result: CommandResult): Outcome {
  const errors = output(result.stderr, result.stderrCut);
  return {
    status: result.status,
    result: output(result.stdout, result.stdoutCut),
    error: [result.message ?? [], errors === "" && result.message !== null ? [] : errors]
      .flat()
      .join("\n"),
    reason: result.reason,
  };
}

function output(text: string, cutBytes: number): string {
  const trimmed = text.replace(/\r?\n$/, "");
  return cutBytes === 0 ? trimmed : `${trimmed}\n… ${cutBytes} bytes more`;
}
