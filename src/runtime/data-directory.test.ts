import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDataDirectory } from "./data-directory.ts";
import { lockDirectory } from "./directory-lock.ts";
import { loadKey } from "./key-file.ts";
import { createLogger } from "./logger.ts";
import { keySealer, memorySealer } from "./sealer.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tsunagi-runtime-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe("data directory", () => {
  test("is made for its owner alone", () => {
    const made = openDataDirectory(join(directory, "a", "b"));
    expect(statSync(made).mode & 0o777).toBe(0o700);
  });

  test("that is a file is refused with what to do", () => {
    const file = join(directory, "file");
    writeFileSync(file, "");
    expect(() => openDataDirectory(file)).toThrow(
      expect.objectContaining({ code: "STORAGE_FAILED" }),
    );
  });
});

describe("lock", () => {
  test("refuses a second server, and is free after its release", () => {
    const lock = lockDirectory(directory);
    expect(() => lockDirectory(directory)).toThrow(
      expect.objectContaining({
        code: "DATABASE_IN_USE",
        message: expect.stringContaining(directory),
        hint: expect.stringContaining("--data"),
      }),
    );
    lock.release();
    lock.release();
    lockDirectory(directory).release();
  });

  test("is let go when the process that holds it is killed", async () => {
    const source = `
      import { lockDirectory } from ${JSON.stringify(new URL("./directory-lock.ts", import.meta.url).href)};
      lockDirectory(process.argv[1]);
      console.log("held");
      setInterval(() => {}, 1000);
    `;
    const child = spawn(
      process.execPath,
      ["--input-type=module-typescript", "--eval", source, directory],
      // The child resolves #kernel from the working directory's package.
      { stdio: ["ignore", "pipe", "inherit"], cwd: join(import.meta.dirname, "../..") },
    );
    try {
      await once(child.stdout, "data");
      expect(() => lockDirectory(directory)).toThrow(
        expect.objectContaining({ code: "DATABASE_IN_USE" }),
      );
    } finally {
      child.kill("SIGKILL");
    }
    await once(child, "exit");
    lockDirectory(directory).release();
  });
});

describe("key file", () => {
  test("is made at the first start, for its owner alone, and found at the next", () => {
    const key = loadKey(directory);
    expect(key).toHaveLength(32);
    expect(statSync(join(directory, "key")).mode & 0o777).toBe(0o600);
    expect(loadKey(directory)).toEqual(key);
    expect(readFileSync(join(directory, "key"), "utf8").trim()).toBe(
      Buffer.from(key).toString("base64"),
    );
  });

  test.each(["", "short", Buffer.alloc(31).toString("base64"), "=".repeat(44)])(
    "with the content %j is refused",
    (content) => {
      writeFileSync(join(directory, "key"), content);
      expect(() => loadKey(directory)).toThrow(
        expect.objectContaining({ code: "KEY_FILE_INVALID" }),
      );
    },
  );

  test("is not made anew where a database was sealed with another one", () => {
    expect(() => loadKey(directory, { mustExist: true })).toThrow(
      expect.objectContaining({
        code: "KEY_FILE_INVALID",
        message: expect.stringContaining("missing"),
      }),
    );
    expect(existsSync(join(directory, "key"))).toBe(false);
  });

  test("in a directory that cannot be written is refused", () => {
    const file = join(directory, "file");
    writeFileSync(file, "");
    chmodSync(file, 0o400);
    expect(() => loadKey(file)).toThrow(expect.objectContaining({ code: "KEY_FILE_INVALID" }));
  });
});

describe("sealer", () => {
  test.each(["", "geheim", "パスワード", "x".repeat(100_000), "\u0000"])(
    "opens what it sealed",
    (text) => {
      const sealer = memorySealer();
      const sealed = sealer.seal(text);
      expect(sealer.open(sealed)).toBe(text);
      expect(sealer.seal(text)).not.toBe(sealed);
      if (text.length > 1) expect(sealed).not.toContain(text);
    },
  );

  test("does not open what another key sealed, or what was changed", () => {
    const sealer = keySealer(loadKey(directory));
    const sealed = sealer.seal("geheim");
    const tampered = sealed.slice(0, -6) + (sealed.at(-6) === "A" ? "B" : "A") + sealed.slice(-5);
    for (const wrong of [
      memorySealer().seal("geheim"),
      tampered,
      "geheim",
      "sealed:1:",
      "sealed:2:AAAA",
    ]) {
      expect(() => sealer.open(wrong)).toThrow(
        expect.objectContaining({ code: "KEY_FILE_INVALID" }),
      );
    }
  });
});

describe("logger", () => {
  test("refuses a level that there is not", () => {
    expect(() => createLogger({ name: "test", level: "loud" })).toThrow(
      expect.objectContaining({ code: "USAGE" }),
    );
  });
});
