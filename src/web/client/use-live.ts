import { useEffect, useEffectEvent, useSyncExternalStore } from "react";
import { systemClock } from "#kernel";
import { Live, type LiveState } from "./live.ts";

const live = new Live({
  clock: systemClock,
  connect: (events) => {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/.api/v1/live`);
    socket.addEventListener("open", events.opened);
    socket.addEventListener("message", ({ data }) => events.message(String(data)));
    socket.addEventListener("close", events.closed);
    return socket;
  },
});

/** Calls back whenever one of the topics may have changed. */
export function useLive(topic: string, onChanged: () => void): void {
  const tell = useEffectEvent(onChanged);
  useEffect(() => live.watch(topic, () => tell()), [topic]);
}

/** Whether what the page shows is kept up to date. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(live.onState, () => live.state);
}
