import { describeWait, maskSecrets, textOf, type Context, type Outcome, type Wait } from "#machine";
import type { EffectHandler, EffectHost, Engine, OpenEffect } from "#processes";
import type { Remote } from "#remote";

/** What a command does, as it happens, for `run -v`. Secrets are masked. */
export type CommandNews =
  | { kind: "started"; process: number; target: string; text: string }
  | { kind: "output"; process: number; stream: "stdout" | "stderr"; text: string }
  | { kind: "ended"; process: number; status: number; reason: string | null; error: string | null };

export type CommandListener = (news: CommandNews) => void;

/** The engine as `remote` sees it, telling the listener when a command has ended. */
export function hostWithNews(engine: Engine, tell: CommandListener): EffectHost {
  return {
    complete(effect, outcome: Outcome) {
      const { status, reason, error } = outcome;
      tell({
        kind: "ended",
        process: effect.process,
        status,
        reason,
        error: error === null ? null : maskSecrets(error, engine.secretsOf(effect.process)),
      });
      return engine.complete(effect, outcome);
    },
    update: (effect, detail, also) => engine.update(effect, detail, also),
    giveBack: (effect) => engine.giveBack(effect),
    write: (work) => engine.write(work),
    raiseNumber: (atLeast) => engine.raiseNumber(atLeast),
  };
}

/** `remote` as the engine sees it, telling the listener when a command leaves and what it prints. */
export function handlerWithNews(
  remote: Remote,
  engine: Engine,
  tell: CommandListener,
): EffectHandler {
  remote.onOutput(({ process, stream, text }) => {
    tell({ kind: "output", process, stream, text: maskSecrets(text, engine.secretsOf(process)) });
  });
  return {
    kinds: remote.kinds,
    accept: (transaction, effect) => remote.accept(transaction, effect),
    dispatch(effect) {
      tell({ kind: "started", process: effect.process, ...describe(effect) });
      remote.dispatch(effect);
    },
    abandon: (effect) => remote.abandon(effect),
    processEnded: (process) => remote.processEnded(process),
    released: (numbers) => remote.released(numbers),
    returned: (number) => remote.returned(number),
    restore: (effects) => remote.restore(effects),
  };
}

function describe({ wait }: OpenEffect): { target: string; text: string } {
  const context = wait.kind === "command" ? wait.command.context : contextOf(wait);
  const target = textOf(context.get("__host__") ?? context.get("__node__") ?? "local");
  if (wait.kind !== "command") return { target, text: describeWait(wait) };
  const { script, text } = wait.command;
  return { target, text: script === null ? textOf(text) : script.path };
}

function contextOf(wait: Wait): Context {
  return wait.kind === "external" ? wait.context : new Map();
}
