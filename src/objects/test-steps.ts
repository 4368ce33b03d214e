import * as fc from "fast-check";
import type { Change } from "./object-change.ts";
import type { Right } from "./rights.ts";

/** What property tests of the history do to a tree with `/a` and `/b`, the type Host and the users alice and bob. */
export type Step =
  | { do: "put"; path: string; name: string | null; site: string | null }
  | { do: "mkdir" | "delete"; path: string }
  | { do: "patch"; path: string; name: string | null; backup: string | null }
  | { do: "move"; path: string; to: string }
  | { do: "grant"; path: string; rights: Right[] }
  | { do: "own"; path: string; user: string }
  | { do: "extend"; field: string };

const path = fc.constantFrom("/a/x", "/a/y", "/b/x", "/b/d", "/b/d/z");
const name = fc.constantFrom("1", "2", null);

/** One thing that may be done; whether it can be is another matter. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("put" as const), path, name, site: fc.option(path) }),
  fc.record({ do: fc.constantFrom("mkdir" as const, "delete" as const), path }),
  fc.record({ do: fc.constant("patch" as const), path, name, backup: fc.option(path) }),
  fc.record({ do: fc.constant("move" as const), path, to: path }),
  fc.record({
    do: fc.constant("grant" as const),
    path,
    rights: fc.constantFrom<Right[]>([], ["read"], ["write"]),
  }),
  fc.record({ do: fc.constant("own" as const), path, user: fc.constantFrom("alice", "bob") }),
  fc.record({ do: fc.constant("extend" as const), field: fc.constantFrom("e1", "e2") }),
);

/** Does it, if it can be done; else throws. */
export async function perform(change: Change, one: Step): Promise<void> {
  switch (one.do) {
    case "put":
      await change.put(one.path, "Host", { name: one.name, site: one.site });
      return;
    case "mkdir":
      await change.put(one.path, "Directory", {});
      return;
    case "patch":
      await change.patch(one.path, { name: one.name, backup: one.backup });
      return;
    case "delete":
      await change.delete(one.path, { recursive: true });
      return;
    case "move":
      await change.move(one.path, one.to);
      return;
    case "grant":
      await change.grant(one.path, { user: "alice" }, one.rights);
      return;
    case "own":
      await change.setOwner(one.path, one.user);
      return;
    case "extend":
      await change.patch("/system/types/Host", {
        fields: [
          { name: "name", kind: "string" },
          { name: "site", kind: "object" },
          { name: "backup", kind: "object", on_delete: "clear" },
          { name: one.field, kind: "string" },
        ],
      });
  }
}
