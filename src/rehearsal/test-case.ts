import type { Json } from "#machine";

/** One case of a test file: what is given, and what must hold. Paths are absolute, or relative as in the flow. */
export interface TestCase {
  name: string;
  /** Of the test file, from 1. */
  line: number;
  /** The folder that is `/`, relative to the test file's; null: that folder itself. */
  root: string | null;
  /** Milliseconds since the epoch at which it begins. */
  now: number;
  /** Virtual seconds after which it is looked at, whatever still runs; null: when nothing more can happen. */
  until: number | null;
  parameters: Readonly<Record<string, Json>>;
  objects: readonly GivenObject[];
  messages: readonly GivenMessage[];
  answers: readonly GivenAnswer[];
  expect: Expectation;
}

export interface GivenObject {
  path: string;
  /** Null: the object is in the folder, and gets other fields. */
  type: string | null;
  fields: Readonly<Record<string, Json>>;
}

export interface GivenMessage {
  channel: string;
  /** Virtual seconds after the beginning; 0: it is there before the flow starts. */
  afterSeconds: number;
  body: Json;
}

/** What a command, or a job that somebody outside does, is answered with. Texts may be patterns (expected-text.ts). */
export interface GivenAnswer {
  /** `command`, `session` for a line in one, `session_open`, or the name of a job: `urlopen`, `confirm` … */
  job: string;
  /** The command, the line, the URL, or whatever the job's first argument is. */
  text: string;
  /** Of a command: any host if it is missing, none if it is null. */
  host?: string | null;
  /** Of a request. */
  method?: string;
  output?: string;
  error?: string;
  status?: number;
  headers?: Readonly<Record<string, string>>;
  body?: Json;
  /** What a person answered, and the like. */
  result?: Json;
  delaySeconds: number;
  fate: "answered" | "never" | "unknown" | "unreachable";
  times: number;
}

/** What is missing is not looked at; but for the outcome: a flow must have ended well. */
export interface Expectation {
  console?: readonly string[];
  consoleContains?: readonly string[];
  /** By path; null: there is no such object. */
  objects?: Readonly<Record<string, Readonly<Record<string, Json>> | null>>;
  commands?: readonly ExpectedCommand[];
  outcome?: ExpectedOutcome;
}

export interface ExpectedCommand {
  command: string;
  host?: string | null;
}

export interface ExpectedOutcome {
  state?: string;
  status?: number;
  reason?: string | null;
  error?: string | null;
  result?: Json;
}
