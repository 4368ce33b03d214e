import { fromBase64, fromHex, fromUtf8, toBase64, toHex, utf8 } from "../bytes.ts";
import { evaluationFailure } from "../failure.ts";
import { BinaryValue, type Value } from "../value.ts";
import { builtinFunction, Texts, type Builtin } from "./builtin.ts";
import { sha256 } from "./sha256.ts";

/** Texts and bytes in other spellings. */
export const encodingFunctions: readonly Builtin[] = [
  builtinFunction(
    "encode",
    "value encoding",
    "A text or binary data as 'base64', 'hex' or 'url', or a text's bytes ('utf-8').",
    ["encode('user:password', 'base64')", "encode('a b/c', 'url')"],
    ([value, encoding]) => {
      const texts = new Texts();
      const bytes = bytesOf(value, texts, "encode()");
      const name = encodingName(encoding);
      if (name === "utf-8") return new BinaryValue(bytes);
      if (name === "base64") return texts.make(toBase64(bytes));
      if (name === "hex") return texts.make(toHex(bytes));
      if (name === "url") return texts.make(urlText(bytes));
      throw evaluationFailure(`encode() knows 'base64', 'hex', 'url' and 'utf-8', not '${name}'`);
    },
  ),
  builtinFunction(
    "decode",
    "value encoding",
    "The inverse of encode: a text if it is UTF-8, else binary data. Also reads binary data in 'shift_jis', 'euc-jp' and the like.",
    ["decode('aGVsbG8=', 'base64')"],
    ([value, encoding]) => {
      const texts = new Texts();
      const name = encodingName(encoding);
      const bytes = decoded(name, value, texts);
      const text = typeof bytes === "string" ? bytes : fromUtf8(bytes);
      return text === undefined ? new BinaryValue(bytes as Uint8Array) : texts.make(text);
    },
  ),
  builtinFunction(
    "sha256",
    "value",
    "The SHA-256 of a text or binary data, in hexadecimal.",
    ["sha256('hello')"],
    ([value], host) => {
      const texts = new Texts();
      const bytes = bytesOf(value, texts, "sha256()");
      host.spend(bytes.length * 4);
      return texts.make(toHex(sha256(bytes)));
    },
  ),
];

function bytesOf(value: Value | undefined, texts: Texts, what: string): Uint8Array {
  return value instanceof BinaryValue ? value.bytes : utf8(texts.read(value, what));
}

function encodingName(encoding: Value | undefined): string {
  const name = new Texts().read(encoding, "the name of an encoding").toLowerCase();
  return name === "utf8" ? "utf-8" : name;
}

function decoded(name: string, value: Value | undefined, texts: Texts): Uint8Array | string {
  const forms: Record<string, (text: string) => Uint8Array | undefined> = {
    base64: fromBase64,
    hex: fromHex,
    url: fromUrl,
  };
  const form = forms[name];
  if (form !== undefined) {
    const text =
      value instanceof BinaryValue ? (fromUtf8(value.bytes) ?? "") : texts.read(value, "decode()");
    const bytes = form(text);
    if (bytes === undefined) throw evaluationFailure(`decode(): the text is no '${name}'`);
    return bytes;
  }
  if (!(value instanceof BinaryValue)) {
    throw evaluationFailure(
      `decode() of '${name}' takes binary data; of a text it knows 'base64', 'hex' and 'url'`,
    );
  }
  try {
    return new TextDecoder(name, { fatal: true }).decode(value.bytes);
  } catch {
    throw evaluationFailure(`decode(): the data is no '${name}', or that encoding is not known`);
  }
}

/** As in a URL's path or query: everything but letters, digits and `-_.~` by percent. */
/** The bytes for which each byte stands in a URL. */
const urlForms = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  const hex = byte.toString(16).toUpperCase().padStart(2, "0");
  return utf8(/[A-Za-z0-9\-_.~]/.test(character) ? character : `%${hex}`);
});

function urlText(bytes: Uint8Array): string {
  const written = new Uint8Array(bytes.length * 3);
  let length = 0;
  for (const byte of bytes)
    for (const part of urlForms[byte] as Uint8Array) written[length++] = part;
  return fromUtf8(written.subarray(0, length)) as string;
}

function fromUrl(text: string): Uint8Array | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  const parts = text.replaceAll("+", " ").split(/(%[0-9a-fA-F]{2})/);
  const bytes = parts.flatMap((part) =>
    part.startsWith("%") ? [Number.parseInt(part.slice(1), 16)] : [...utf8(part)],
  );
  return Uint8Array.from(bytes);
}
