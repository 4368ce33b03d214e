/**
 * Turns what a terminal would show into lines of plain text; pure.
 *
 * Interactive programs do not print texts, they move a cursor: a pager erases its question with blanks, a shell repaints
 * its line, a progress bar returns to the first column. So one line, the unfinished one, is kept as a terminal keeps it;
 * a line that has ended does not change any more. Colours and other sequences leave nothing behind.
 */
export class TerminalText {
  readonly #sizeMax: number;
  #lines: string[] = [];
  #size = 0;
  #cutCharacters = 0;
  #line: string[] = [];
  #column = 0;
  /** Something in the unfinished line was written over: blanks at its end are what erased it. */
  #isRewritten = false;
  /** The beginning of a sequence of which the end has not come. */
  #pending = "";

  /** Keeps at most so many characters of ended lines, the first ones. */
  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  /** The unfinished last line, where a prompt would stand. */
  get line(): string {
    return this.#line.join("");
  }

  /** The last line in which something stands, finished or not. */
  get lastLine(): string {
    const { line } = this;
    return line.trim() === "" ? (this.#lines.findLast((each) => each.trim() !== "") ?? "") : line;
  }

  add(text: string): void {
    const all = this.#pending + text;
    this.#pending = "";
    let at = 0;
    while (at < all.length) {
      if (all[at] !== "\u001b") {
        const character = String.fromCodePoint(all.codePointAt(at) as number);
        this.#write(character);
        at += character.length;
        continue;
      }
      const sequence = sequenceAt(all, at);
      if (sequence === undefined) {
        if (all.length - at < sequenceMax) this.#pending = all.slice(at);
        return;
      }
      this.#obey(sequence);
      at += sequence.length;
    }
  }

  /** Removes the end of the unfinished line, as if it had not come. */
  cutLine(length: number): void {
    this.#line = Array.from(this.line.slice(0, length));
    this.#column = this.#line.length;
  }

  /** Gives the ended lines and forgets all that came so far. */
  take(): { lines: string[]; cutCharacters: number } {
    const taken = { lines: this.#lines, cutCharacters: this.#cutCharacters };
    this.#lines = [];
    this.#size = 0;
    this.#cutCharacters = 0;
    this.#line = [];
    this.#column = 0;
    this.#isRewritten = false;
    return taken;
  }

  #write(character: string): void {
    switch (character) {
      case "\n":
        this.#endLine();
        return;
      case "\r":
        this.#column = 0;
        return;
      case "\b":
        this.#column = Math.max(0, this.#column - 1);
        return;
      default:
        if (character < " " && character !== "\t") return;
        if (this.#column >= lineMax) this.#cutCharacters += 1;
        else this.#put(character);
    }
  }

  #put(character: string): void {
    if (this.#column < this.#line.length) this.#isRewritten = true;
    while (this.#line.length < this.#column) this.#line.push(" ");
    this.#line[this.#column] = character;
    this.#column += 1;
  }

  #endLine(): void {
    const line = this.#isRewritten ? this.line.trimEnd() : this.line;
    if (this.#size + line.length <= this.#sizeMax) {
      this.#lines.push(line);
      this.#size += line.length + 1;
    } else {
      // From here on nothing is kept: a text with holes would be read wrongly.
      this.#size = Infinity;
      this.#cutCharacters += line.length + 1;
    }
    this.#line = [];
    this.#column = 0;
    this.#isRewritten = false;
  }

  #obey(sequence: string): void {
    // oxlint-disable-next-line no-control-regex -- what terminals are told
    const [, digits = "", command] = /^\u001b\[(\d*)(?:;\d*)*([A-Za-z@`])$/.exec(sequence) ?? [];
    const count = Math.min(Math.max(1, Number(digits)), lineMax);
    switch (command) {
      case "C":
        this.#column = Math.min(this.#column + count, lineMax);
        return;
      case "D":
        this.#column = Math.max(0, this.#column - count);
        return;
      case "G":
        this.#column = count - 1;
        return;
      case "J":
      case "K":
        this.#erase(Number(digits));
        return;
      case undefined:
      default:
    }
  }

  #erase(part: number): void {
    this.#isRewritten = true;
    if (part === 0) this.#line.length = Math.min(this.#line.length, this.#column);
    else if (part === 1) this.#line.fill(" ", 0, this.#column + 1);
    else this.#line = [];
  }
}

/** No program has lines that long which a person would read; and a flood without an end of line stays small. */
const lineMax = 64 * 1024;
/** What is longer than this and has no end is no sequence. */
const sequenceMax = 4096;

/** The sequence that begins there, or undefined if its end has not come. */
function sequenceAt(text: string, at: number): string | undefined {
  sequence.lastIndex = at;
  const [found] = sequence.exec(text) ?? [];
  if (found !== undefined) return found;
  return isBegun(text[at + 1]) && text.length - at < sequenceMax ? undefined : "\u001b";
}

// A control sequence, a title for the window, the choice of a character set, or one character.
const sequence =
  // oxlint-disable-next-line no-control-regex -- what terminals are told
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]P^_][^\u0007\u001b]*(?:\u0007|\u001b\\)|[ #%()*+][0-~]|[0-Z\\`-~])/y;

function isBegun(next: string | undefined): boolean {
  return next === undefined || "[]P^_ #%()*+".includes(next);
}
