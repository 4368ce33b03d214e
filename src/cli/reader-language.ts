import { translate, translateWaits, type Language } from "#kernel";

/** The language of who reads the terminal, as the POSIX locale variables say it; English if it is none of ours. */
export function readerLanguage(environment: NodeJS.ProcessEnv): Language {
  const { LC_ALL, LC_MESSAGES, LANG } = environment;
  // An empty variable counts as one that is not set.
  const locale = LC_ALL || LC_MESSAGES || LANG || "";
  return /^ja([_.@-]|$)/i.test(locale) ? "ja" : "en";
}

/** A text of ours as the reader of the terminal understands it. */
export function told(text: string): string {
  return translate(text, readerLanguage(process.env));
}

/** What a process waits for, likewise. */
export function toldWaits(text: string): string {
  return translateWaits(text, readerLanguage(process.env));
}
