/** Draws a tree for the golden files: a line each node, with what it says about itself. */
export function outline(node: object, source: string): string {
  const lines: string[] = [];
  draw(node, "", 0, lines, source);
  return `${lines.join("\n")}\n`;
}

function draw(node: object, label: string, depth: number, lines: string[], source: string): void {
  const { kind, span, ...rest } = node as {
    kind?: string;
    span?: { start: number; end: number };
  };
  const words: string[] = [];
  const children: [string, object][] = [];
  for (const [key, value] of Object.entries(rest)) {
    if (key === "comments") continue;
    if (isName(value)) words.push(`${key}=${value.text}`);
    else if (Array.isArray(value) && value.every(isName))
      words.push(`${key}=${value.map((name) => name.text).join()}`);
    else if (Array.isArray(value))
      for (const [index, child] of value.entries()) children.push([`${key}[${index}]`, child]);
    else if (value && typeof value === "object") children.push([key, value]);
    else words.push(`${key}=${JSON.stringify(value)}`);
  }
  const text = span ? source.slice(span.start, span.end).replace(/\s+/g, " ") : "";
  const shown = text.length > 30 ? `${text.slice(0, 20)}…${text.slice(-9)}` : text;
  const head = [label && `${label}:`, kind, ...words].filter(Boolean).join(" ");
  lines.push(`${"  ".repeat(depth)}${head}${span ? `  «${shown}»` : ""}`);
  for (const [name, child] of children)
    if (Array.isArray(child)) draw(Object.assign({}, child), name, depth + 1, lines, source);
    else draw(child, name, depth + 1, lines, source);
}

function isName(value: unknown): value is { text: string } {
  return typeof value === "object" && value !== null && Object.keys(value).join() === "span,text";
}
