import { expect, test } from "vitest";
import { TsunagiError } from "#kernel";
import type { TreeObject } from "./folder-tree.ts";
import { importTree } from "./tree-import.ts";

const object = (path: string, needs?: string): TreeObject => ({
  path,
  type: "Server",
  fields: needs === undefined ? {} : { needs },
  file: `.${path}.yaml`,
});

function store() {
  const stored: string[] = [];
  const put = async ({ path, fields }: TreeObject) => {
    if (typeof fields.needs === "string" && !stored.includes(fields.needs)) {
      throw new TsunagiError("VALUE_INVALID", `no object at ${fields.needs}`);
    }
    stored.push(path);
  };
  return { stored, put };
}

test("objects that refer to later ones are put after them", async () => {
  const { stored, put } = store();
  await importTree([object("/a", "/b"), object("/b", "/c"), object("/c")], put);
  expect(stored).toEqual(["/c", "/b", "/a"]);
});

test("a reference to nothing is said with its file, when all the others are in", async () => {
  const { stored, put } = store();
  await expect(importTree([object("/a", "/nowhere"), object("/b")], put)).rejects.toThrow(
    "./a.yaml: no object at /nowhere",
  );
  expect(stored).toEqual(["/b"]);
});

test("a refusal that cannot pass ends the import at once", async () => {
  const refused = new TsunagiError("PERMISSION_DENIED", "no");
  let tries = 0;
  const put = async () => {
    tries += 1;
    throw refused;
  };
  await expect(importTree([object("/a"), object("/b")], put)).rejects.toThrow("./a.yaml: no");
  expect(tries).toBe(1);
});
