import { RE2JS } from "re2js";

/**
 * Where the output of an interactive program ends, and where it only waits for a key; pure.
 *
 * A prompt is an unfinished last line after which nothing comes. How sure that is depends on the line: one that the flow
 * has described, or that begins like the last prompt, is believed soon; one that merely looks like a prompt may be the
 * first half of a line of output, so it has to stand longer.
 */
export interface Prompt {
  /** How many characters of the last line belong to it, from its end. */
  length: number;
  quietMs: number;
}

/** One packet may be cut in two; its halves are not further apart than this. */
export const sureQuietMs = 50;
/** Slow devices make pauses in the middle of a line. */
export const likelyQuietMs = 500;

const usualPrompts = [
  // A shell's or a device's, also in a mode: `web01:~$ `, `sw1(config)#`, `>`.
  /[>#$%]\s?$/,
  // A question for a login, or for a yes.
  /(?:password|passphrase|passcode|username|login|user name)[^:]{0,60}:\s?$/i,
  /[[(](?:confirm|y\/n|yes\/no|y|n|yes|no)[\])]\s?[?:]?\s?$/i,
];

const usualPagers = [
  /-+\s?\(?more\)?(?:\s?[\d(%][^-]*)?\s?-+[^\n]{0,60}$/i,
  /<-+\s?more\s?-+>\s?$/i,
  /press any key to continue[^\n]{0,60}$/i,
  /^\s*--more--.{0,60}$/i,
];

export interface Patterns {
  /** RE2 expressions; null: the usual ones. */
  prompt: string | null;
  more: string | null;
}

export interface LineReader {
  prompt(line: string, last: string | null): Prompt | undefined;
  /** Where in the line the question of a pager begins, or -1. */
  pagerStart(line: string): number;
}

/** Throws an Error if an expression is not valid. */
export function lineReader({ prompt, more }: Patterns): LineReader {
  const own = prompt === null ? undefined : RE2JS.compile(prompt);
  const pager = more === null ? undefined : RE2JS.compile(more);
  return {
    prompt(line, last) {
      if (own === undefined) return usualPrompt(line, last);
      if (!own.matcher(line).find()) return undefined;
      return { length: promptLength(line, last), quietMs: sureQuietMs };
    },
    pagerStart(line) {
      if (pager === undefined) return Math.max(...usualPagers.map((each) => line.search(each)));
      const matcher = pager.matcher(line);
      return matcher.find() ? matcher.start() : -1;
    },
  };
}

function usualPrompt(line: string, last: string | null): Prompt | undefined {
  if (!usualPrompts.some((each) => each.test(line))) return undefined;
  const isSure = last !== null && (line.endsWith(last) || beginsAlike(line, last));
  return { length: promptLength(line, last), quietMs: isSure ? sureQuietMs : likelyQuietMs };
}

/** Output without an end of line stands before the prompt. */
function promptLength(line: string, last: string | null): number {
  return last !== null && last.trim() !== "" && line.endsWith(last) ? last.length : line.length;
}

/** `sw1>` and `sw1(config)#`, `ops@web01:~$` and `ops@web01:/etc$`. */
function beginsAlike(line: string, last: string): boolean {
  const [name = ""] = /^[^\s>#$%(:~]+/.exec(last) ?? [];
  return name !== "" && name !== "[" && line.startsWith(name) && line.length <= last.length + 200;
}

/**
 * Takes the line that was sent from the beginning of the answer, where the other side repeats it. Whether it is wrapped
 * does not matter: blanks are not compared.
 */
export function withoutEcho(lines: readonly string[], sent: string): readonly string[] {
  const expected = sent.replaceAll(/\s/g, "");
  if (expected === "") return lines[0] === "" ? lines.slice(1) : lines;
  let seen = "";
  for (const [index, line] of lines.entries()) {
    seen += line.replaceAll(/\s/g, "");
    if (seen === expected) return lines.slice(index + 1);
    if (!expected.startsWith(seen)) return lines;
  }
  return lines;
}
