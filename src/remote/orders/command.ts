import type { Wait } from "#machine";
import { commandSpec } from "../command-spec.ts";
import type { Order } from "../order.ts";
import { commandOutcome } from "../outcome.ts";

/** A command or script job, as an order. */
export function commandOrder({ command }: Extract<Wait, { kind: "command" }>): Order {
  return {
    context: command.context,
    session: null,
    hasTarget: true,
    isClosing: false,
    spec: (settings, options) => commandSpec(command, settings, options),
    outcome: commandOutcome,
  };
}
