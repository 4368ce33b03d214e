import { findBuiltin } from "#machine";
import type { Choices } from "./choices.ts";

/** What a variable most likely holds: so most expressions mean something, and some fail when they run. */
export type Kind =
  | "number"
  | "text"
  | "list"
  | "dictionary"
  | "boolean"
  | "object"
  | "channel"
  | "process"
  | "closure"
  | "time"
  | "duration"
  | "secret"
  | "binary";

export const kinds: readonly Kind[] = [
  "number",
  "text",
  "list",
  "dictionary",
  "boolean",
  "object",
  "channel",
  "process",
  "closure",
  "time",
  "duration",
  "secret",
  "binary",
];

/** The names that can be read at a place, innermost last. */
export type Names = readonly (readonly [name: string, kind: Kind])[];

/**
 * Writes expressions of a wanted kind. In a template, `{number}` and the like stand for an operand of that kind, `{any}` for one of
 * any kind, `{name:text}` for a variable if there is one.
 */
export abstract class ExpressionGenerator {
  protected readonly choices: Choices;
  protected names: Names = [];
  /** How many more parts the text may get; then only the simplest ones. */
  protected fuel: number;

  constructor(choices: Choices, fuel: number) {
    this.choices = choices;
    this.fuel = fuel;
  }

  protected expression(wanted: Kind | "any"): string {
    this.fuel -= 1;
    const kind = wanted === "any" || this.choices.oneIn(24) ? this.choices.pick(kinds) : wanted;
    const known = this.names.filter(([, each]) => each === kind);
    if (known.length > 0 && this.choices.below(3) > 0) return this.choices.pick(known)[0];
    if (kind === "closure" && this.fuel > 0) return this.closure();
    const simple = leaves[kind];
    if (this.fuel <= 0 || this.choices.below(2) === 0) return this.fill(this.choices.pick(simple));
    const template = this.choices.pick(
      this.choices.oneIn(12) ? general : (composed[kind] ?? simple),
    );
    const text = this.fill(template);
    return isInfix.test(template) ? `(${text})` : text;
  }

  protected abstract closure(): string;

  protected fill(template: string): string {
    return template.replaceAll(/@(\w+)/g, (_, what: string) => {
      if (what === "string") return this.string("'");
      if (what === "inner") return this.string('"');
      if (what === "any") return this.expression("any");
      if (what === "builtin") return this.builtin();
      return this.expression(what as Kind);
    });
  }

  /** A text with values in it; within another one it has other quotation marks. */
  protected string(quote: "'" | '"', parts: readonly string[] = words): string {
    const length = this.choices.below(4);
    let text = "";
    for (let index = 0; index < length; index += 1) {
      const name = this.names.length > 0 ? this.choices.pick(this.names)[0] : "STATUS";
      const form = this.choices.below(5);
      if (form < 3) text += this.choices.pick(parts);
      else if (form === 3) text += ` $${name} `;
      else if (quote === "'" && this.fuel > 0) text += `\${${this.withoutQuotes()}}`;
      else text += `\${${name === "STATUS" ? "1" : name}}`;
    }
    const marks = this.choices.oneIn(20) ? quote.repeat(3) : quote;
    return marks + text + marks;
  }

  private withoutQuotes(): string {
    return this.choices.oneIn(3) ? this.expression("any") : this.expression("number");
  }

  /** A call of any function, with arguments of which some fit. */
  private builtin(): string {
    const name = this.choices.pick(functionNames);
    const parameters = findBuiltin(name)?.parameters ?? [];
    const given: string[] = [];
    for (const { name: parameter, isRequired, rest } of parameters) {
      if (rest === "named") given.push(`a = ${this.expression("any")}`);
      else if (rest === "positional")
        for (let count = this.choices.below(3); count > 0; count -= 1)
          given.push(this.expression("any"));
      else if (isRequired && given.every((one) => !/^\w+ = /.test(one)))
        given.push(this.expression(this.likely(parameter)));
      else if (isRequired || this.choices.oneIn(3))
        given.push(`${parameter} = ${this.expression(this.likely(parameter))}`);
    }
    return `${name}(${given.join(", ")})`;
  }

  private likely(parameter: string): Kind | "any" {
    return likelyKinds[parameter] ?? "any";
  }
}

/** Templates that mean something else where other operators are around. */
const isInfix = /^-?@\w+( |$)|^-|^not /;

const likelyKinds: Record<string, Kind> = {
  text: "text",
  separator: "text",
  characters: "text",
  old: "text",
  new: "text",
  part: "text",
  list: "list",
  rows: "list",
  dictionary: "dictionary",
  time: "time",
  first: "number",
  last: "number",
  step: "number",
  indent: "number",
  of: "object",
  path: "text",
  type: "text",
  encoding: "text",
};

const functionNames =
  "string integer int decimal boolean type length range pick has upper lower strip split join replace match contains starts_with ends_with sort reverse unique min max sum keys values items merge now time format_time duration json_parse json_format yaml_parse yaml_format csv_parse csv_format encode decode sha256 uuid sh path find children user".split(
    " ",
  );

const words = [
  "a",
  "web-01",
  "1",
  " ",
  "再起動",
  "$HOME",
  "$(date)",
  "\\n",
  "\\$x",
  "a,b\\n1,2\\n",
  '{\\"k\\": [1, null]}',
  "- x: 1",
  "$STATUS",
  "$RESULT",
  "$ERROR",
  "$REASON",
  "\\u3042",
  "# no comment",
  "日本😀",
  "2026-01-01T00:00:00Z",
  "%Y",
  "\\'",
];

const leaves: Record<Kind, readonly string[]> = {
  number: ["0", "1", "2", "7", "2.5", "$STATUS", "-3", "10", "1e3", "9007199254740991", "0.1"],
  text: [
    "'x'",
    "''",
    "@string",
    "@string",
    "$RESULT",
    "$ERROR",
    "$REASON",
    "@inner",
    "'base64'",
    "'utf-8'",
    "'a b  c'",
    "__host__",
    "__user__",
    "'hex'",
    "'nonsense'",
    "'\\u0000'",
    "'''\n  two\n  lines\n'''",
  ],
  list: ["[]", "[1, 2, 3]", "['a', 'b']", "[null, true, 1.5, 'x']", "range(3)", "children()"],
  dictionary: ["{ }", "{a: 1}", "{a: 1, 'b c': [2], case: null}", "{host: 'a', n: {x: 1}}"],
  boolean: ["true", "false", "null", "$STATUS == 0"],
  object: ["/o", "./lib/echo", "/data/a", "/data", ".", "../fuzz/o", "/data/'with blank'", "/"],
  channel: ["/c", "/d", "./mail"],
  process: ["/process/1", "/process/2", "$RESULT"],
  closure: ["self", "{|| return(1)}", "{|a, b = 2| return(a)}", "./lib/echo"],
  time: ["now()", "time('2026-01-01T00:00:00Z')", "time(0)"],
  duration: ["duration('1m')", "duration(2)", "duration('PT90S')"],
  secret: ["/s.password", "/s.password + 'x'", "'a${/s.password}b'"],
  binary: ["decode('/w==', 'base64')", "encode('ü', 'utf-8')", "decode('ff00', 'hex')"],
};

const composed: Partial<Record<Kind, readonly string[]>> = {
  number: [
    "@number + @number",
    "(@number - @number)",
    "@number * (@number)",
    "@number / @number",
    "@number // @number",
    "@number % @number",
    "-@number",
    "length(@any)",
    "sum(@list)",
    "min(@number, @number)",
    "max(@list)",
    "integer(@text)",
    "decimal('1.5')",
    "int(@number)",
    "(@list)[0]",
    "(@list)[-1]",
    "/o.a",
    "@number if @boolean else @number",
    "(@number or @number)",
    "pick(@dictionary, 'a', 0)",
    "length(range(@number))",
    "/process/1.state",
  ],
  text: [
    "@text + @text",
    "upper(@text)",
    "lower(@text)",
    "strip(@text)",
    "strip(@text, 'a')",
    "join(@list, ',')",
    "join(@list)",
    "replace(@text, 'a', 'bb')",
    "replace(@text, r'[a-z]', @text)",
    "string(@any)",
    "type(@any)",
    "(@text)[1:]",
    "(@text)[:-1]",
    "(@text)[@number:@number]",
    "(@text)[0]",
    "json_format(@any)",
    "json_format(@dictionary, indent = 2)",
    "yaml_format(@any)",
    "csv_format(@list)",
    "csv_format([{a: 1, b: @text}])",
    "encode(@text, 'base64')",
    "encode(@text, 'hex')",
    "encode(@text, 'url')",
    "decode(encode(@text, 'url'), 'url')",
    "decode('pKI=', 'base64')",
    "decode(decode('gqA=', 'base64'), 'shift_jis')",
    "sha256(@text)",
    "sh(@any)",
    "format_time(@time)",
    "format_time(@time, '%Y-%m-%d %H:%M:%S.%L %y %j %a %A %b %B %F %T %z %Z %s %%')",
    "format_time(@time, '%z', zone = 'Asia/Tokyo')",
    "user()",
    "uuid()",
    "/o.name",
    "(@object).name",
    "reverse(@text)",
    "(@dictionary).host",
    "@text * @number",
    "@number * 1000000000000 * @number * 1000000000000",
    '"$STATUS ${@number}"',
    "@text if @boolean else @text",
    "json_format([], indent = @number)",
    "replace(@text, @text, @text)",
    "split(@text, @text)",
    "encode(@text, @text)",
    "decode(@binary, @text)",
    "format_time(@time, '%Q')",
    "format_time(@time, zone = @text)",
    "string(@process)",
    "join([@number, @time, @duration, @binary, @object, @process, @closure], ' ')",
  ],
  list: [
    "[@any, @any]",
    "@list + @list",
    "split(@text)",
    "split(@text, ',')",
    "split(@text, r'\\s+')",
    "sort(@list)",
    "sort([{a: 2}, {a: 1}], key = 'a', reverse = true)",
    "reverse(@list)",
    "unique(@list)",
    "keys(@dictionary)",
    "values(@dictionary)",
    "items(@dictionary)",
    "(@list)[1:]",
    "(@list)[@number:@number]",
    "range(@number)",
    "range(1, @number, 2)",
    "range(5, 0, step = -1)",
    "find('Text')",
    "find('Text', a = 1)",
    "children(/data)",
    "csv_parse('a,b\\n1,\"2\"')",
    "csv_parse(@text, header = false)",
    "csv_parse('a\\n\"1')",
    "csv_parse(@text, separator = @text)",
    'json_parse(\'[1e400, "\\\\u00e9", "\\\\x"]\')',
    "json_parse('[\"a')",
    "json_parse(@text + '}')",
    "yaml_parse('[1, 1.5, 0x1F, null, yes, 2026-01-01]')",
    "yaml_parse('a: [')",
    "sort([@any, @any])",
    "sort(@list, reverse = @boolean)",
    "unique([@any, @any, @any])",
    "range(2000000)",
    "range(1, 5, 0)",
    `json_parse('${"[".repeat(210)}${"]".repeat(210)}')`,
    `yaml_parse('${"[".repeat(210)}${"]".repeat(210)}')`,
    "json_parse('[true, false, null, {}, {\"a\" 1}]')",
    'json_parse(\'{"a": 1 "b": 2}\')',
    "csv_format([[1, 2]], separator = @text)",
    "[[[@list]]]",
    "json_parse('[1, {\"a\": 12345678901234567890}]')",
    "yaml_parse('- 1\\n- {a: b}')",
  ],
  dictionary: [
    "{a: @any, b: @any}",
    "merge(@dictionary, @dictionary)",
    "json_parse('{\"a\": 1}')",
    "match(@text, r'(?<a>.)(?<b>x)?')",
    "yaml_parse(@text)",
    "json_parse(@text)",
    "children()[0]",
    "(@list)[0]",
    "pick(@list, 0, {})",
  ],
  boolean: [
    "@any == @any",
    "@list == @list",
    "@dictionary == @dictionary",
    "@binary == @binary",
    "@closure == @closure",
    "@time == @time",
    "@duration < @duration",
    "@text =~ r'$RESULT'",
    "self == self",
    "{a: @number, b: 1} == {a: @number, b: 1}",
    "[1, @text] == [1, @text]",
    "@any != @any",
    "@number < @number",
    "@number <= @number",
    "@text > @text",
    "@time >= @time",
    "@any in @list",
    "@any not in @dictionary",
    "@text in @text",
    "@text =~ r'^a+'",
    "@text !~ g'web*'",
    "@text =~ i'ABC'",
    "@text =~ r'(?<n>\\d+)$'",
    "@text =~ g'$RESULT*'",
    "not @boolean",
    "@boolean and @boolean",
    "@boolean or @any",
    "contains(@any, @any)",
    "starts_with(@text, @text)",
    "ends_with(@text, @text)",
    "has(@any, @text)",
    "has(@dictionary, 'a')",
    "boolean(@any)",
    "@secret == @secret",
    "length(@secret) > 3",
    "@secret =~ r'a'",
    "@boolean if @boolean else @boolean",
  ],
  object: ["path('/o')", "path(@text)", "children(/data)[0]", "find('Text')[0]", "path('../o')"],
  time: ["@time + @duration", "@time - @duration", "time(format_time(@time))", "time(@number)"],
  duration: [
    "@time - @time",
    "@duration + @duration",
    "@duration * 2",
    "duration(@text)",
    "-@duration",
  ],
  secret: [
    "@secret + @text",
    "upper(@secret)",
    "encode(@secret, 'base64')",
    "encode(@secret, 'url')",
    "encode(@secret, 'hex')",
    "join([@secret, @text], '-')",
    "(@secret)[1:4]",
    "replace(@secret, 'e', @text)",
    "split(@secret, '-')[0]",
    "sha256(@secret)",
    "reverse(@secret)",
    "sh(@secret)",
    "json_format({a: @secret})",
    "[@secret, 1]",
    "{a: @secret}",
    "csv_format([[@secret]])",
    "yaml_format([@secret])",
    "strip(@secret)",
    "string(@secret)",
  ],
  binary: [
    "decode(@text, 'base64')",
    "decode(@text, 'hex')",
    "encode(@binary, 'base64')",
    "decode(@binary, 'utf-8')",
  ],
};

/** What gives a value of any kind. */
const general = [
  "r'(?<n>a)|b'",
  "g'[a-c]?[!x]*'",
  "i'web-01'",
  "match(@any, g'*a*')",
  "match(@text, i'x')",
  "replace(@text, i'x', @text)",
  "replace(@text, g'*', @text)",
  "split(@text, g'*')",
  "@text =~ g'${@secret}*'",
  "path(@secret)",
  "pick(@object, 'a', 0)",
  "pick(@object, 'none', 0)",
  "has(@object, 'a')",
  "has(@object, 'none')",
  "children(@any)",
  "find('Text', a = @any)",
  "(@dictionary)[@secret]",
  "@builtin",
  "@builtin",
  "@builtin",
  "(@any)",
  "@any if @boolean else @any",
  "@any or @any",
  "@any and @any",
  "pick(@any, @any, @any)",
  "(@any)[@any]",
  "(@any)[@any:@any]",
  "(@any).a",
  "@any + @any",
  "@any * @any",
  "@any < @any",
  "@any - @any",
  "@any =~ @any",
  "@any == @any",
  "-@any",
  "not @any",
];
