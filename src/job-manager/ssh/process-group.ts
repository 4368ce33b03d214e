import { randomUUID } from "node:crypto";

/**
 * Learns the process group of a command over SSH, so that it can be ended.
 *
 * SSH has a request for signals, but OpenSSH refuses it for root and before 7.9. So the host prints the group's number
 * as a first line, which is taken out again: sshd makes the login shell the leader of a group, and a `sh` that it
 * starts sees it as its parent, whatever kind of shell it is.
 */
export class ProcessGroup {
  readonly #mark = `tsunagi-${randomUUID()}`;
  readonly #known: (group: number) => void;
  #head: Buffer | null = Buffer.alloc(0);

  constructor(known: (group: number) => void) {
    this.#known = known;
  }

  /** The line before the command. */
  get line(): string {
    return `sh -c 'echo ${this.#mark} $PPID'\n`;
  }

  /** Takes the line out of standard output and gives the rest; without the line, everything passes as it is. */
  strip(bytes: Buffer): Buffer {
    if (this.#head === null) return bytes;
    const head = Buffer.concat([this.#head, bytes]);
    const end = head.indexOf(0x0a);
    const start = head.toString("latin1", 0, this.#mark.length);
    if (!this.#mark.startsWith(start)) return this.rest(head);
    if (end < 0) {
      this.#head = head;
      return Buffer.alloc(0);
    }
    this.#head = null;
    this.#known(Number(head.toString("latin1", this.#mark.length + 1, end)));
    return head.subarray(end + 1);
  }

  /** What was held back, when nothing more comes. */
  rest(head = this.#head): Buffer {
    this.#head = null;
    return head ?? Buffer.alloc(0);
  }
}
