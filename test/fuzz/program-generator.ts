import type { Choices } from "./choices.ts";
import { ExpressionGenerator, kinds, type Kind, type Names } from "./expression-generator.ts";

/** A jobflow that most likely means something, and what it is started with. */
export interface GeneratedProgram {
  source: string;
  /** The names of its parameters that need a value. */
  required: readonly string[];
}

/** Writes a jobflow: all kinds of jobs, blocks and connectors, with names that are there where they are read. */
export function generateProgram(choices: Choices): GeneratedProgram {
  // Many are small, since small ones run in less time and are understood at once; some are large.
  const fuel = choices.pick([4, 6, 8, 12, 16, 40]);
  return new ProgramGenerator(choices, fuel).program();
}

/** Where a job stands: what may be written there. */
interface Place {
  inLoop: boolean;
  sessions: readonly string[];
  depth: number;
}

const depthMax = 5;
const variables = ["x", "y", "z", "監視", "Ａ", "host"];
const connectors = ["->", "->", "->", "=>", "->>", "=>>"];
const contextSettings = [
  "__host__ = @text",
  "__user__ = 'ops'",
  "__password__ = @secret",
  "__sudo__ = @boolean",
  "__node__ = /data/a",
  "__timeout__ = 5",
  "__env__ = {A: @any}",
  "__dir__ = '/tmp'",
  "__realm__ = null",
  "__encoding__ = 'utf-8'",
];
const commandWords = [
  "ok ",
  "fail ",
  "echo x",
  "slow ",
  "lost ",
  "gone ",
  "refused ",
  "bytes ",
  " a",
  "$HOME ",
];

class ProgramGenerator extends ExpressionGenerator {
  #place: Place = { inLoop: false, sessions: [], depth: 0 };

  program(): GeneratedProgram {
    const [parameters, names, required] = this.#parameters();
    this.names = names;
    return { source: `${parameters}${this.#chain()}\n`, required };
  }

  #parameters(): [string, Names, string[]] {
    const count = this.choices.below(3);
    const names: [string, Kind][] = [];
    const required: string[] = [];
    const parts: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const name = `p${index}`;
      const isRequired = required.length === index && this.choices.below(2) === 0;
      const kind = isRequired ? "text" : this.choices.pick(kinds);
      parts.push(isRequired ? `|${name}|` : `|${name} = ${this.expression(kind)}|`);
      names.push([name, kind]);
      if (isRequired) required.push(name);
    }
    return [parts.length > 0 ? `${parts.join(" ")}\n` : "", names, required];
  }

  #chain(first = this.#job()): string {
    let text = first;
    while (this.fuel > 0 && this.choices.below(3) > 0) {
      const blank = this.choices.pick([" ", "\n", " # why\n"]);
      text += `${blank}${this.choices.pick(connectors)} ${this.#job()}`;
    }
    return text;
  }

  /** A chain with its own names and place. */
  #inner(names: Names, place: Partial<Place>, first?: string): string {
    const [aroundNames, aroundPlace] = [this.names, this.#place];
    this.names = [...aroundNames, ...names];
    this.#place = { ...aroundPlace, ...place, depth: aroundPlace.depth + 1 };
    const text = this.#chain(first ?? this.#job());
    this.names = aroundNames;
    this.#place = aroundPlace;
    return text;
  }

  protected override closure(): string {
    if (this.#place.depth >= depthMax) return "{|| return(1)}";
    const captured = this.names;
    const [parameter, other] = ["q", "r"];
    const form = this.choices.below(3);
    const names: Names = form === 0 ? [] : [[parameter, this.choices.pick(kinds)]];
    const head =
      form === 0
        ? "||"
        : form === 1
          ? `|${parameter}|`
          : `|${parameter}, ${other} = ${this.expression("any")}|`;
    const body = this.#inner(form === 2 ? [...names, [other, "number"]] : names, {
      inLoop: false,
      sessions: [],
    });
    this.names = captured;
    return `{${head} ${body}}`;
  }

  #job(): string {
    this.fuel -= 1;
    const form = this.choices.below(this.fuel > 0 && this.#place.depth < depthMax ? 20 : 10);
    if (form === 0) return this.fill("print(@any)");
    if (form < 3) return this.#assignment();
    if (form < 5) return this.#command();
    if (form < 6) return this.#call();
    if (form < 8) return this.fill(this.choices.pick(plainJobs));
    if (form < 9) return this.#end();
    if (form < 10) return this.#session() ?? this.fill(this.choices.pick(plainJobs));
    return this.#block();
  }

  #assignment(): string {
    if (this.choices.oneIn(8)) return `[${this.fill(this.choices.pick(contextSettings))}]`;
    const count = this.choices.oneIn(4) ? 2 : 1;
    const parts: string[] = [];
    const made: [string, Kind][] = [];
    for (let index = 0; index < count; index += 1) {
      const kind = this.choices.pick(kinds);
      const name = this.choices.pick(variables);
      parts.push(`${name} = ${this.expression(kind)}`);
      made.push([name, kind]);
    }
    this.names = [...this.names.filter(([name]) => made.every(([each]) => each !== name)), ...made];
    return `[${parts.join(", ")}]`;
  }

  #command(): string {
    const text = this.string("'", commandWords);
    const verb = this.choices.pick(commandWords);
    const options =
      this.choices.below(3) === 0 ? `: ${this.fill(this.choices.pick(commandOptions))}` : "";
    return this.choices.oneIn(6)
      ? `[${this.expression("text")}${options}]`
      : `['${verb}' + ${text}${options}]`;
  }

  #call(): string {
    const target = this.choices.pick([
      "./lib/echo",
      "./lib/echo",
      "./lib/own",
      "./lib/fails",
      "./lib/waits",
      "./script",
      "../fuzz/lib/echo",
      "./action",
      "self",
      "self",
      "./none",
      "../data/a",
    ]);
    const isClosure = this.choices.below(3) === 0;
    const callee = isClosure ? this.expression("closure") : target;
    const written = callee.startsWith("{") ? `(${callee})` : callee;
    const given = this.choices.pick([
      "",
      "",
      ": @any",
      ": @any, @any",
      ": @any, b = @any",
      ": a = @any",
      ": @any, a = @any",
      ": @any, @any, @any",
      ": none = @any",
    ]);
    return this.fill(`[${written}${given}]`);
  }

  /** Jobs that end something. */
  #end(): string {
    const loop = this.#place.inLoop ? ["break", "continue", "break()"] : [];
    return this.fill(this.choices.pick([...endings, ...loop]));
  }

  #session(): string | null {
    const [session] = this.#place.sessions;
    if (session === undefined) return null;
    return this.choices.oneIn(2) ? `<${session}>` : this.fill(`[${session} << @text]`);
  }

  #block(): string {
    const form = this.choices.pick(blocks);
    return form === "plain" ? this.#plain() : this.#blockOf(form);
  }

  #plain(): string {
    if (this.choices.oneIn(3))
      return this.fill(`{ ${this.choices.pick(contextSettings)} | `) + `${this.#inner([], {})} }`;
    const kind = this.choices.pick(kinds);
    const value = this.expression(kind);
    return `{ h = ${value} | ${this.#inner([["h", kind]], {})} }`;
  }

  #blockOf(form: Exclude<(typeof blocks)[number], "plain">): string {
    const chain = (names: Names = [], place: Partial<Place> = {}): string =>
      this.#inner(names, place);
    const child = { inLoop: false, sessions: [] };
    switch (form) {
      case "if": {
        const otherwise = this.choices.oneIn(2) ? ` else: ${chain()}` : "";
        const other = this.choices.oneIn(3)
          ? ` elif ${this.expression("boolean")}: ${chain()}`
          : "";
        return `{ if ${this.expression("boolean")} | then: ${chain()}${other}${otherwise} }`;
      }
      case "case":
        return this.#case();
      case "for": {
        if (this.choices.oneIn(3)) {
          const over = this.choices.pick(["@dictionary", "@list", "/data", "@any"]);
          return (
            this.fill(`{ for k, v in ${over} | `) +
            `${chain(
              [
                ["k", "text"],
                ["v", "number"],
              ],
              { inLoop: true },
            )} }`
          );
        }
        const over = this.choices.pick([
          "range(3)",
          "@list",
          "range(@number, 5)",
          "@dictionary",
          "/data",
          "@any",
        ]);
        return (
          this.fill(`{ for v in ${over} | `) + `${chain([["v", "number"]], { inLoop: true })} }`
        );
      }
      case "while": {
        // Most of them end.
        const body = chain([["n", "number"]], { inLoop: true });
        if (this.choices.oneIn(6)) return `{ while ${this.expression("boolean")} | ${body} }`;
        return `{ n = 0 | { while n < ${1 + this.choices.below(4)} | [n = n + 1] -> ${body} } }`;
      }
      case "fork": {
        const chains = Array.from({ length: this.choices.below(3) + 1 }, () => chain([], child));
        return `{ fork | ${chains.join("\n")} }`;
      }
      case "pfor": {
        const limit = this.choices.pick(["", " limit 1", " limit 2", " limit @number"]);
        const names: Names = this.choices.oneIn(3)
          ? [
              ["k", "text"],
              ["v", "number"],
            ]
          : [["v", "number"]];
        const over = this.choices.pick(["range(3)", "@list", "@dictionary", "/data", "@any"]);
        const head = `{ pfor ${names.map(([name]) => name).join(", ")} in ${over}${limit} | `;
        return `${this.fill(head)}${chain(names, child)} }`;
      }
      case "choice":
        return this.#choice();
      case "timeout": {
        const otherwise = this.choices.oneIn(2) ? ` else: ${chain()}` : "";
        const seconds = this.choices.pick(["1", "30", "@number", "@duration"]);
        return `${this.fill(`{ timeout ${seconds} | `)}${chain()}${otherwise} }`;
      }
      case "lock":
        return `${this.fill(`{ lock ${this.choices.pick(["/o", "/o", "@object", "@any"])} | `)}${chain()} }`;
      case "session":
        return `{ session s, __host__ = 'router' | ${chain([], { sessions: ["s"] })} }`;
    }
  }

  #case(): string {
    const subject = this.choices.pick(["", " @any", " @text", " $STATUS", " @text @text"]);
    const isPair = subject === " @text @text";
    let text = this.fill(`{ case${subject} |`);
    for (let count = this.choices.below(3); count >= 0; count -= 1) {
      const pattern = isPair
        ? this.choices.pick(["'a' 'x'", "'1 0'", "@text @text"])
        : this.choices.pick([
            "'a', 'x'",
            "g'*a*'",
            "r'^(?<g>.)(?<o>\\d)?'",
            "0, null",
            "i'OK'",
            "@any",
            "@number, @text",
          ]);
      const names: Names = pattern.startsWith("r'") ? [["g", "text"]] : [];
      text += ` ${this.fill(pattern)}: ${this.#inner(names, {})}`;
    }
    return `${text}${this.choices.oneIn(2) ? ` else: ${this.#inner([], {})}` : ""} }`;
  }

  #choice(): string {
    const arms: string[] = [];
    const [session] = this.#place.sessions;
    for (let count = this.choices.below(3); count >= 0; count -= 1) {
      const first = this.choices.pick([
        "<@channel>",
        "<@any>",
        "wait(@process)",
        "sleep(@number)",
        "urlopen('http://a', timeout = @number)",
        "confirm('go on?')",
        session === undefined ? "wait(/process/1)" : `<${session}>`,
      ]);
      arms.push(this.#inner([], {}, this.fill(first)));
    }
    if (this.choices.oneIn(2)) arms.push(`${this.fill("after @number: ")}${this.#inner([], {})}`);
    return `{ choice | ${arms.join("\n")} }`;
  }
}

const blocks = [
  "if",
  "plain",
  "case",
  "for",
  "while",
  "fork",
  "pfor",
  "choice",
  "timeout",
  "lock",
  "session",
] as const;

const commandOptions = [
  "retry = 2",
  "retry = 1, interval = 5",
  "timeout = 3",
  "timeout = @duration",
  "timeout = 0",
  "timeout = -1",
  "timeout = @any",
  "retry = -1",
  "stdin = @text",
  "stdin = @any",
  "retry = 1, repeatable = true",
  "retry = @number, interval = @number",
  "unknown = 1",
];

const plainJobs = [
  "print('$STATUS $RESULT $ERROR $REASON')",
  "print(@any, @any)",
  "print(@secret)",
  "sleep(@number)",
  "sleep(@duration)",
  "sleep(@time)",
  "[/o.a << @any]",
  "[/o.a << /o.a + 1]",
  "[/o << {a: @any, b: @any}]",
  "[@object << @dictionary]",
  "[@object.a << @any]",
  "[@channel << @any]",
  "<@channel>",
  "<@channel>",
  "assert(@boolean)",
  "assert(@boolean, @any)",
  "spawn(./lib/echo, @any)",
  "spawn(./lib/waits)",
  "spawn(@closure, b = @any)",
  "wait(@process)",
  "cancel(@process)",
  "wait($RESULT)",
  "spawn(./script)",
  "spawn(./none)",
  "spawn(./lib/fails, a = @any, a = @any)",
  "spawn({|| print(self)})",
  "[/o.note << $ERROR]",
  "cancel(@any)",
  "urlopen('http://a/b', method = 'POST', headers = {A: @text}, data = @any)",
  "urlopen(@text)",
  "urlopen('https://x/' + @secret)",
  "mailto(to = 'ops', subject = @text)",
  "put(@object, '/etc/x')",
  "get('/var/log/x')",
  "confirm(@text, options = @list)",
  "[/o.rename: @text]",
  "[/data/a.update: a = @any, b = 1]",
  "[@object.children]",
  "[@any: @any]",
];

const endings = [
  "return(@any)",
  "return()",
  "abort(@text)",
  "abort()",
  "exit(@number)",
  "exit()",
  "print('end')",
  "return($RESULT)",
  "abort(@secret)",
];
