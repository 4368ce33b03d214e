import type { ClientChannel } from "ssh2";
import type { SshTarget } from "#contract";
import type { Ending } from "../runner.ts";
import { signalNumber } from "../signal-number.ts";
import {
  place as placeOf,
  refused,
  unknown,
  unreachable,
  type ExecFailure,
  type Failure,
  type SshConnection,
} from "./connection.ts";
import type { Place, SshPool } from "./pool.ts";

/** Kept connections that turn out dead, and hosts that take fewer channels than thought, are tried again so often. */
const attemptsMax = 5;

export interface ChannelEvents {
  /** The host runs the text now. The place is given back by the channel's end. */
  opened(channel: ClientChannel, place: Place): void;
  /** After all output of the channel. */
  ended(ending: Ending): void;
  /** It was not opened; instead of the other two. */
  failed(failure: Failure): void;
}

export interface Opening<T> {
  opened(opened: T, place: Place): void;
  /** It was not opened; instead of the other one. */
  failed(failure: Failure): void;
}

/** Runs a text in a channel of a pooled connection; see {@link openOn}. */
export function openChannel(
  pool: SshPool,
  target: SshTarget,
  textFor: (connection: SshConnection) => string,
  events: ChannelEvents,
  options: { isUrgent?: boolean } = {},
): () => boolean {
  return openOn<ClientChannel>(
    pool,
    target,
    (connection, opened, failed) => connection.exec(textFor(connection), opened, failed),
    {
      opened(channel, place) {
        watchEnd(channel, place, target, events);
        events.opened(channel, place);
      },
      failed: (failure) => events.failed(failure),
    },
    options,
  );
}

/**
 * Opens something on a pooled connection. As long as nothing has left, it asks again where that makes sense. The
 * returned function takes the request back if it still stands in line, and says whether it did.
 */
export function openOn<T>(
  pool: SshPool,
  target: SshTarget,
  begin: (
    connection: SshConnection,
    opened: (opened: T) => void,
    failed: (failure: ExecFailure) => void,
  ) => void,
  events: Opening<T>,
  options: { isUrgent?: boolean } = {},
): () => boolean {
  const notInLine = () => false;
  let takeBack = notInLine;

  function ask(attempt: number): void {
    let isAnswered = false;
    const request = pool.acquire(
      target,
      (place) => {
        isAnswered = true;
        takeBack = notInLine;
        run(place, attempt);
      },
      (failure) => {
        isAnswered = true;
        takeBack = notInLine;
        events.failed(failure);
      },
      options,
    );
    // The pool may have answered at once.
    if (!isAnswered) takeBack = request;
  }

  function run(place: Place, attempt: number): void {
    begin(
      place.connection,
      (opened) => events.opened(opened, place),
      (failure) => {
        const othersHoldPlaces = !failure.wasSent && failure.isBusy && place.isFull();
        place.giveBack();
        if (failure.wasSent) events.failed(failure.failure);
        else if (attempt < attemptsMax && (othersHoldPlaces || place.isReused)) ask(attempt + 1);
        else if (failure.isBusy) {
          events.failed(refused(`${placeOf(target)} opens no session: ${failure.message}`));
        } else events.failed(unreachable(failure.message));
      },
    );
  }

  ask(1);
  return () => takeBack();
}

function watchEnd(
  channel: ClientChannel,
  place: Place,
  target: SshTarget,
  events: ChannelEvents,
): void {
  let status: number | undefined;
  channel.on("exit", (code: number | null, signal?: string) => {
    status = code ?? 128 + signalNumber(signal);
  });
  // What a dead connection means is said by its end.
  channel.on("error", () => {});
  channel.on("close", () => {
    const isAlive = place.connection.isOpen();
    place.giveBack();
    if (status !== undefined) events.ended({ kind: "exited", status });
    else if (isAlive) {
      events.ended(unknown(`${placeOf(target)} closed the channel without an exit status`));
    } else {
      events.ended(
        unknown(
          `the connection to ${placeOf(target)} was lost while the command ran; whether it ran to its end is not known`,
        ),
      );
    }
  });
}
