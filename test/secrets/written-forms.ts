/** How a text may stand in a file without being recognised at once. */
export interface WrittenForm {
  name: string;
  bytes: Buffer;
}

/** All forms of a text that a search must look for. */
export function writtenForms(text: string): WrittenForm[] {
  const utf8 = Buffer.from(text, "utf8");
  const url = encodeURIComponent(text);
  const json = JSON.stringify(text).slice(1, -1);
  const forms: [string, string | Buffer][] = [
    ["plain", utf8],
    ["base64", base64At(utf8, 0)],
    ["base64 behind one byte", base64At(utf8, 1)],
    ["base64 behind two bytes", base64At(utf8, 2)],
    ["base64 for URLs", base64At(utf8, 0).replaceAll("+", "-").replaceAll("/", "_")],
    ["in a URL", url],
    ["in a form", url.replaceAll("%20", "+")],
    ["in JSON", json],
    ["in JSON with ASCII only", asciiOf(json)],
    ["in JSON in JSON", JSON.stringify(json).slice(1, -1)],
    ["hexadecimal", utf8.toString("hex")],
    ["hexadecimal, in capitals", utf8.toString("hex").toUpperCase()],
    ["UTF-16, little end first", Buffer.from(text, "utf16le")],
    ["UTF-16, big end first", Buffer.from(text, "utf16le").swap16()],
    ["backwards", Array.from(text).reverse().join("")],
  ];
  const seen = new Set<string>();
  return forms
    .map(([name, form]) => ({ name, bytes: Buffer.from(form as string) }))
    .filter(({ bytes }) => {
      const key = bytes.toString("latin1");
      const isNew = !seen.has(key);
      seen.add(key);
      return isNew;
    });
}

/** What of the base64 does not depend on what stands around the text. */
function base64At(utf8: Buffer, before: number): string {
  const whole = Buffer.concat([Buffer.alloc(before), utf8]);
  const first = Math.ceil((before * 8) / 6);
  const last = Math.floor((whole.length * 8) / 6);
  return whole.toString("base64").slice(first, last);
}

function asciiOf(text: string): string {
  return text.replaceAll(
    /[^\0-\x7f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
