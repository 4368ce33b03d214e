/** Bytes as text and back, without a platform's help: the machine runs in servers and browsers alike. */

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const encoder = new TextEncoder();
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

// Texts are made of bytes: to add one character after the other takes a hundred times as long.
const digits = encoder.encode(alphabet);
const hexDigits = encoder.encode("0123456789abcdef");
const padding = "=".charCodeAt(0);

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text of the bytes, or undefined if they are no UTF-8. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}

export function toBase64(bytes: Uint8Array): string {
  const written = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  for (let index = 0, at = 0; index < bytes.length; index += 3, at += 4) {
    const a = bytes[index] as number;
    const b = bytes[index + 1];
    const c = bytes[index + 2];
    written[at] = digits[a >> 2] as number;
    written[at + 1] = digits[((a & 3) << 4) | ((b ?? 0) >> 4)] as number;
    written[at + 2] =
      b === undefined ? padding : (digits[((b & 15) << 2) | ((c ?? 0) >> 6)] as number);
    written[at + 3] = c === undefined ? padding : (digits[c & 63] as number);
  }
  return strictDecoder.decode(written);
}

/** Also takes the alphabet of URLs, line breaks, and missing padding. Undefined if it is no base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  const plain = text
    .replaceAll(/\s/g, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/")
    .replace(/={1,2}$/, "");
  if (/[^A-Za-z0-9+/]/.test(plain) || plain.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((plain.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let length = 0;
  for (const digit of plain) {
    held = ((held << 6) | alphabet.indexOf(digit)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[length] = (held >> bits) & 0xff;
    length += 1;
  }
  return bytes;
}

export function toHex(bytes: Uint8Array): string {
  const written = new Uint8Array(bytes.length * 2);
  for (const [index, byte] of bytes.entries()) {
    written[index * 2] = hexDigits[byte >> 4] as number;
    written[index * 2 + 1] = hexDigits[byte & 15] as number;
  }
  return strictDecoder.decode(written);
}

export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || /[^0-9a-fA-F]/.test(text)) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = Number.parseInt(text.slice(index * 2, index * 2 + 2), 16);
  }
  return bytes;
}
