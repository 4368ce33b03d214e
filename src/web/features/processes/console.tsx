import { Button, Group, Text, Title } from "@mantine/core";
import {
  memo,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
  type UIEvent,
} from "react";
import type { ConsoleLine } from "#contract";
import { useLive, useLiveState } from "../../client/use-live.ts";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { failureToShow } from "../../ui/query-failure.ts";
import { t } from "../../ui/text.ts";
import { clockText, timeText } from "../../ui/time.ts";
import { readConsole } from "./api.ts";
import { ConsoleReader } from "./console-reader.ts";
import styles from "./console.module.css";

// While hints do not come, this often is looked for new lines all the same.
const pollMs = 5_000;

// Lines are drawn in chunks, which the browser leaves out while they are not in view.
const chunkLines = 200;

/** What a process printed, growing as it prints; follows the end until the reader scrolls up. */
export function Console({ id }: { id: number }) {
  const [reader] = useState(() => new ConsoleReader((after) => readConsole(id, after)));
  const { lines, hasEnded, error } = useSyncExternalStore(reader.onChange, () => reader.view);
  const failure = failureToShow({ data: lines, error });
  const [isFollowing, setFollowing] = useState(true);
  const live = useLiveState();
  const box = useRef<HTMLDivElement>(null);

  useLive(`process/${id}`, () => void reader.readOn());
  useEffect(() => {
    void reader.readOn();
    if (live.kind === "live") return;
    const timer = setInterval(() => void reader.readOn(), pollMs);
    return () => clearInterval(timer);
  }, [reader, live.kind]);

  useLayoutEffect(() => {
    const element = box.current;
    if (isFollowing && element !== null) element.scrollTop = element.scrollHeight;
  }, [lines, isFollowing]);

  // Only going to the end turns following on, and only the reader's own going up turns it off: scrolling that
  // comes from new lines says nothing about what the reader wants.
  const atEnd = (event: UIEvent<HTMLDivElement>) => {
    const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
    if (scrollHeight - scrollTop - clientHeight < 4) setFollowing(true);
  };
  const leave = () => setFollowing(false);

  return (
    <section>
      <Group gap="sm" mb="xs" align="center">
        <Title order={2} size="h4">
          {t("process.console")}
        </Title>
        <Text c="dimmed" size="xs">
          {t("process.lines", { count: lines.length.toLocaleString("en-US") })}
        </Text>
        {!hasEnded && (
          <Button
            ml="auto"
            size="xs"
            variant="default"
            aria-pressed={isFollowing}
            onClick={() => setFollowing(!isFollowing)}
          >
            {t(isFollowing ? "process.following" : "process.follow")}
          </Button>
        )}
      </Group>
      {live.kind === "stale" && !hasEnded && (
        <p className={styles.stale} role="status">
          {t("process.staleLines", { time: timeText(new Date(live.since).toISOString()) })}
        </p>
      )}
      {failure !== undefined && (
        <ProblemNotice error={failure} onRetry={() => void reader.readOn()} />
      )}
      <div
        ref={box}
        className={styles.box}
        role="log"
        aria-live="off"
        aria-label={t("process.console")}
        tabIndex={0}
        onScroll={atEnd}
        onWheel={(event) => event.deltaY < 0 && leave()}
        onTouchMove={leave}
        onKeyDown={(event) => ["ArrowUp", "PageUp", "Home"].includes(event.key) && leave()}
      >
        {lines.length === 0 && (
          <p className={styles.empty}>
            {t(hasEnded ? "process.consoleSilent" : "process.consoleEmpty")}
          </p>
        )}
        {chunksOf(lines).map(([first, chunk]) => (
          <Chunk key={first} lines={chunk} count={chunk.length} />
        ))}
      </div>
    </section>
  );
}

/** Lines only ever come behind the others, so a chunk of as many lines is the same chunk. */
const Chunk = memo(
  function Chunk({ lines }: { lines: readonly ConsoleLine[]; count: number }) {
    return (
      <div className={styles.chunk}>
        {lines.map(({ number, at, text }) => (
          <div key={number} className={styles.line}>
            <time dateTime={at}>{clockText(at)}</time>
            <span>{text}</span>
          </div>
        ))}
      </div>
    );
  },
  (before, after) => before.count === after.count,
);

function chunksOf(lines: readonly ConsoleLine[]): [first: number, lines: readonly ConsoleLine[]][] {
  const chunks: [number, readonly ConsoleLine[]][] = [];
  for (let start = 0; start < lines.length; start += chunkLines) {
    chunks.push([start, lines.slice(start, start + chunkLines)]);
  }
  return chunks;
}
