import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { TsunagiError } from "#kernel";

/** Makes text unreadable for whoever lacks the key, and readable again. */
export interface Sealer {
  seal(text: string): string;
  /** Throws KEY_FILE_INVALID if the text was sealed with another key or was changed. */
  open(sealed: string): string;
}

/** `1` is the format: AES-256-GCM, then base64 of nonce, tag and what was sealed. */
const prefix = "sealed:1:";
const nonceBytes = 12;
const tagBytes = 16;

/** Seals with the installation's key, as `loadKey` gives it. */
export function keySealer(key: Uint8Array): Sealer {
  return {
    seal(text) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return prefix + Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64");
    },

    open(sealed) {
      try {
        if (!sealed.startsWith(prefix)) throw new Error("the text is not sealed");
        const bytes = Buffer.from(sealed.slice(prefix.length), "base64");
        const nonce = bytes.subarray(0, nonceBytes);
        const tag = bytes.subarray(nonceBytes, nonceBytes + tagBytes);
        const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tagBytes });
        decipher.setAuthTag(tag);
        const body = decipher.update(bytes.subarray(nonceBytes + tagBytes));
        return Buffer.concat([body, decipher.final()]).toString("utf8");
      } catch (error) {
        throw new TsunagiError("KEY_FILE_INVALID", "the key file does not open what was sealed", {
          hint: "put back the key file that belongs to this database",
          cause: error,
        });
      }
    },
  };
}

/** Seals with a key that ends with the program: for tests and stores in memory. */
export function memorySealer(): Sealer {
  return keySealer(randomBytes(32));
}
