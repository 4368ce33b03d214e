import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** Makes of a password what may be stored, and checks one against it. Both take long on purpose, and wait in the thread pool. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  verify(password: string, hash: string): Promise<boolean>;
}

/** The work of scrypt as a power of two, the block size, and how often. */
interface Cost {
  logN: number;
  r: number;
  p: number;
}

/** As OWASP's password storage cheat sheet has it for 32 MB of memory. */
const standardCost: Cost = { logN: 15, r: 8, p: 3 };
const saltBytes = 16;
const hashBytes = 32;

/** Hashes are kept as `scrypt:logN:r:p:salt:hash`, so that the cost may be raised later. */
export function scryptHasher(cost: Cost = standardCost): PasswordHasher {
  return {
    async hash(password) {
      const salt = randomBytes(saltBytes);
      const hash = await derive(password, salt, cost);
      const { logN, r, p } = cost;
      return ["scrypt", logN, r, p, salt.toString("base64url"), hash.toString("base64url")].join(
        ":",
      );
    },

    async verify(password, stored) {
      const [scheme, logN, r, p, salt = "", hash = ""] = stored.split(":");
      if (scheme !== "scrypt") return false;
      const expected = Buffer.from(hash, "base64url");
      const found = await derive(password, Buffer.from(salt, "base64url"), {
        logN: Number(logN),
        r: Number(r),
        p: Number(p),
      });
      return expected.length === found.length && timingSafeEqual(expected, found);
    },
  };
}

function derive(password: string, salt: Buffer, { logN, r, p }: Cost): Promise<Buffer> {
  const N = 2 ** logN;
  // scrypt needs 128 * r * (N + p + 2) bytes; Node.js allows 32 MB unless told.
  const options = { N, r, p, maxmem: 128 * r * (N + p + 2) + 1024 };
  return new Promise((resolve, reject) => {
    // The same letters typed on different keyboards are one password.
    scrypt(password.normalize("NFC"), salt, hashBytes, options, (error, hash) => {
      if (error === null) resolve(hash);
      else reject(error);
    });
  });
}
