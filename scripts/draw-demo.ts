/**
 * Draws the README's picture of the demo: runs it, and writes what it printed as a terminal in SVG.
 *
 *   bin/node scripts/draw-demo.ts
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";

const lineHeight = 19;
const characterWidth = 8.05;
const margin = 16;
const columnsMax = 118;

const output = execFileSync("bin/tsunagi", ["demo", "--once"], { encoding: "utf8" });
const lines = ["$ npm ci && npm run demo", "", ...output.trimEnd().split("\n")].map(shorten);
writeFileSync("docs/demo.svg", draw(lines));

function shorten(line: string): string {
  const plain = line.replaceAll(/\/tmp\/tsunagi-demo-\w+/g, "/tmp/tsunagi-demo");
  return plain.length > columnsMax ? `${plain.slice(0, columnsMax - 1)}…` : plain;
}

function draw(lines: readonly string[]): string {
  const width = Math.ceil(columnsMax * characterWidth + 2 * margin);
  const height = lines.length * lineHeight + 2 * margin;
  const rows = lines.map((line, n) => {
    const y = margin + (n + 1) * lineHeight - 5;
    return `  <text x="${margin}" y="${y}" fill="${colour(line)}">${escape(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
  <title>What npm run demo prints</title>
  <rect width="100%" height="100%" rx="8" fill="#16181d"/>
  <g font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13.4" xml:space="preserve">
${rows.join("\n")}
  </g>
</svg>
`;
}

/** Commands and headings bright, console lines green, everything else plain. */
function colour(line: string): string {
  if (line.startsWith("$") || /^\S/.test(line)) return "#ffffff";
  return /^ {2}\d\d:\d\d/.test(line) ? "#8fd694" : "#b9c0cc";
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
