/**
 * What hands do that know the shell, Python or another language: recognised where the parser expected something else, so that
 * the hint says how it is written here. Only the text at the place is looked at, and only after a fault.
 */

/** The hint for what stands at `start` where `expected` was; undefined if it is no known habit. */
export function habitHint(
  expected: string,
  source: string,
  { start, previousEnd }: { start: number; previousEnd: number },
): string | undefined {
  const line = lineFrom(source, start);
  if (expected === "a job") return jobHabit(line);
  if (expected.startsWith("a connector")) return connectorHabit(line);
  if (expected === "the head of a block") return headHabit(line);
  if (expected.startsWith("'|' after the head")) return conditionHabit(line);
  if (expected === "an expression")
    return operandHabit(source.slice(previousEnd - 2, previousEnd), line);
  if (expected === "the name of a field" && line.startsWith("/"))
    return "A path stands for itself: [./flow].";
  if (expected === "the name of a field" && /^['"]/.test(line))
    return "Texts are joined with +: 'a' + 'b'.";
  if (/^'[\])]'/.test(expected)) return closingHabit(source.slice(0, previousEnd), line);
  if (expected.startsWith("':'") && line.startsWith("=")) return "A dictionary is {key: value}.";
  return undefined;
}

function jobHabit(line: string): string | undefined {
  const word = wordOf(line);
  const rest = line.slice(word.length);
  if (line === "") return "Write the job that follows the connector, or leave the connector out.";
  if (/^(?:\/\/|\/\*|--(?!>))/.test(line)) return "A comment begins with #.";
  if (/^(?:->|=>)/.test(line)) return "Between two jobs stands one connector.";
  if (/^else\b/.test(line)) return "An if is { if c | jobs elif c: jobs else: jobs }.";
  if (/^(?:if|case|for|while|fork|pfor|choice|timeout|lock|session)\b/.test(line))
    return `A block stands in braces: { ${word} … | … }.`;
  if (line.startsWith("|")) return "In a condition 'or' is written for ||; between jobs it is =>>.";
  if (/^\d/.test(line)) return "A time in a choice is written after 60: jobs.";
  const assigned =
    /^(?:set|let|var|const|export|local|my|declare)\s+([\p{L}_][\p{L}\p{N}_]*)\s*=/u.exec(line);
  if (assigned) return `An assignment stands in a bracket: [${assigned[1] ?? "x"} = …].`;
  if (/^(?:def|function|func|sub)\s/.test(line))
    return "A procedure is a jobflow of its own, or a closure: [f = {|x| … }].";
  if (/^(?:import|from|require|include|source|use)\s/.test(line))
    return "Nothing is imported: another flow is called by its path, [./flow].";
  if (/^\s*\|/.test(rest) && word !== "") return `Parameters stand between bars: |${word}|.`;
  if (/^[./]/.test(line) && line.includes("<<"))
    return "An update stands in a bracket: [object.field << value].";
  if (builtinJobs.has(word) && !/^\s*=/.test(rest))
    return `What it is given stands in parentheses: ${word}(…).`;
  if (/^[a-z][\w.-]*\s+[^=\s]/.test(line) || /^[a-z][\w-]*$/.test(line.trim()))
    return `A command stands in a bracket: ['${commandOf(line)}'].`;
  return undefined;
}

const builtinJobs: ReadonlySet<string> = new Set(
  "print sleep exit return abort assert spawn wait cancel mailto urlopen put get confirm".split(
    " ",
  ),
);

function commandOf(line: string): string {
  const [command = ""] = line.split(/\s*(?:->|=>|;|\{|\}|#)/);
  const isPlain = command.length <= 40 && !/['"]/.test(command);
  return isPlain ? command.trim() : `${wordOf(line)} …`;
}

function connectorHabit(line: string): string | undefined {
  const word = wordOf(line);
  if (/^(?:elseif|elsif|elif)$/i.test(word))
    return "An if is { if c | jobs elif c: jobs else: jobs }.";
  if (/^(?:catch|except|rescue|finally)$/.test(word))
    return "A failure is handled with =>>: { | [a] -> [b] } =>> [./recover].";
  if (line.startsWith("||")) return "Run after a failure, as || in a shell, is written =>>.";
  if (/^\|\s*[\p{L}_][\p{L}\p{N}_]*\s*[|=,]/u.test(line))
    return "Parameters stand at the beginning of the flow.";
  if (line.startsWith("|")) return "A pipe stands within one command: ['a | b'].";
  if (line.startsWith(",")) return "Between two jobs stands a connector, and no comma: [a] -> [b].";
  return undefined;
}

function headHabit(line: string): string | undefined {
  const word = wordOf(line);
  if (/^(?:foreach|each)$/.test(word))
    return "A loop is { for x in list | … } or { for key, value in dictionary | … }.";
  if (word === "try") return "A failure is handled with =>>: { | [a] -> [b] } =>> [./recover].";
  if (/^(?:switch|match|select)$/.test(word))
    return "It is written { case x | 'a': jobs 'b': jobs else: jobs }.";
  if (word === "until") return "It is written { while not … | … }.";
  if (word === "unless") return "It is written { if not … | … }.";
  if (word === "parallel") return "It is written { fork | … }.";
  return undefined;
}

function conditionHabit(line: string): string | undefined {
  const word = wordOf(line).toLowerCase();
  if (word === "and" || word === "or" || word === "not")
    return `'${word}' is written in small letters.`;
  if (/^(?:eq|is|equals|-eq)$/.test(word)) return "A comparison is written with ==.";
  if (/^(?:ne|isnt)$/.test(word)) return "'Not equal' is written !=.";
  if (/^(?:gt|lt|ge|le)$/.test(word)) return "Comparisons are < <= > >=.";
  if (line.startsWith("{")) return "The jobs of a block stand in its own braces: { if c | jobs }.";
  if (/^(?:\[|<|[\p{L}_][\p{L}\p{N}_]*\()/u.test(line))
    return "Between the head of a block and its jobs stands a '|'.";
  return undefined;
}

function operandHabit(before: string, line: string): string | undefined {
  if (before === "==" && line.startsWith("=")) return "A comparison is written with ==.";
  if (before.endsWith("<") && line.startsWith(">")) return "'Not equal' is written !=.";
  if (/[-+*/]$/.test(before) && line.startsWith("=")) return "Write it in full: [x = x + 1].";
  if (/[-+]$/.test(before) && /^[-+]/.test(line)) return "Write it in full: [x = x + 1].";
  if (before.endsWith(":") && line.startsWith("=")) return "An assignment is written with one =.";
  if (line.startsWith("|")) return "A closure is {|a, b| … }; one without parameters is {|| … }.";
  if (line.startsWith(","))
    return "One of the commas is too many, or a value is missing before it.";
  return undefined;
}

function closingHabit(before: string, line: string): string | undefined {
  if (/(?:^|[^\p{L}\p{N}_])[fbuFBU]$/u.test(before) && /^['"]/.test(line))
    return "Every string replaces $name and ${…}; no letter stands before it.";
  if (/^(?:=>|:(?!=))/.test(line) && /[:,(]\s*[\p{L}_][\p{L}\p{N}_]*$/u.test(before))
    return "An argument with a name is written name = value.";
  return undefined;
}

/** An arrow that is none of the four, and which of them was meant. */
export function wrongArrow(
  source: string,
  start: number,
): { end: number; meant: "->" | "=>" | "->>" | "=>>" } | undefined {
  const text = source.slice(start, start + 12);
  const back = /^<[-=]{1,3}(?=\s)/.exec(text);
  if (back) return { end: start + back[0].length, meant: back[0].includes("=") ? "=>" : "->" };
  const run = /^[-=~<ー―—–−－＝〜～]*[ \u200b]?[>＞]+/u.exec(text)?.[0];
  if (run === undefined || run.length < 2) return undefined;
  const isDouble = /[>＞]{2,}/.test(run);
  if (/[=＝]/.test(run)) return { end: start + run.length, meant: isDouble ? "=>>" : "=>" };
  return { end: start + run.length, meant: isDouble ? "->>" : "->" };
}

function wordOf(line: string): string {
  return /^[\p{L}_][\p{L}\p{M}\p{N}_]*/u.exec(line)?.[0] ?? "";
}

function lineFrom(source: string, start: number): string {
  const end = source.indexOf("\n", start);
  return source.slice(start, Math.min(end < 0 ? source.length : end, start + 200));
}
