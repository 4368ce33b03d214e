import type { Seat } from "#database";
import type { Clock } from "#kernel";

/**
 * What changed on this server, told to the others, so that those who watch there read again. It is gathered for a moment: a
 * notification costs every server something, and whoever watches looks only now and then, too.
 */
export class TopicNews {
  readonly #seat: Seat;
  readonly #clock: Clock;
  #gathered = new Set<string>();

  constructor(seat: Seat, clock: Clock, onTopics: (topics: readonly string[]) => void) {
    this.#seat = seat;
    this.#clock = clock;
    seat.onHint((text) => {
      if (text.startsWith(prefix)) onTopics(text.slice(prefix.length).split("\n"));
    });
  }

  tell(topics: readonly string[]): void {
    if (topics.length === 0) return;
    if (this.#gathered.size === 0) this.#clock.after(gatherMs, () => this.#send());
    // Beyond that, those who watch elsewhere see it when they look by themselves.
    for (const topic of topics) if (this.#gathered.size < topicsMax) this.#gathered.add(topic);
  }

  #send(): void {
    let text = prefix;
    for (const topic of this.#gathered) {
      if (text.length > prefix.length && Buffer.byteLength(text) + topic.length * 3 > textMax) {
        this.#seat.hint(text);
        text = prefix;
      }
      text += text === prefix ? topic : `\n${topic}`;
    }
    this.#gathered = new Set();
    this.#seat.hint(text);
  }
}

const prefix = "topics ";
const gatherMs = 100;
const topicsMax = 2000;
/** Of one hint. */
const textMax = 7000;
