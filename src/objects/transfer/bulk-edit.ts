/**
 * The same values for all objects that a search finds, as one change. A preview says what would be done to each and
 * gives a fingerprint of what was found; with it, nothing is done if the search finds others by then.
 */
import type { Transaction } from "#database";
import { TsunagiError } from "#kernel";
import type { Actor } from "../actor.ts";
import type { FieldInputs } from "../field-input.ts";
import type { Change } from "../object-change.ts";
import type { FindQuery, ObjectFinder } from "../object-finder.ts";
import { pathOf } from "../object-table.ts";
import type { ObjectReader } from "../object-reader.ts";
import { hasRight } from "../rights.ts";
import { decodeHits, encodeHits, type HitList } from "./hit-list.ts";
import { refused, shownMax, type TransferServices } from "./object-transaction.ts";
import { OperationRunner, type Place } from "./operation-runner.ts";
import type { OperationFault } from "./operation.ts";
import { tryOut, type Preview } from "./trial.ts";

export interface BulkEdit {
  query: FindQuery;
  fields: FieldInputs;
  dryRun?: boolean;
  /** Of the preview; without it, what is found now is changed. */
  fingerprint?: string;
  /** Leave out what is wrong or may not be written, instead of doing nothing. */
  skipFaults?: boolean;
}

export interface BulkOutcome {
  change: number | null;
  found: number;
  /** How many would not be the same afterwards; only of a preview. */
  preview: Preview | null;
  faults: readonly OperationFault[];
  fingerprint: string;
}

/** More objects than this are changed in several searches, so that one change stays of a size that can be undone. */
const objectsMax = 100_000;
/** Objects that an error names. */
const namedMax = 100;

export async function bulkEdit(
  services: TransferServices & { finder: ObjectFinder },
  transaction: Transaction,
  actor: Actor,
  { query, fields, dryRun = false, fingerprint, skipFaults = false }: BulkEdit,
): Promise<BulkOutcome> {
  const { reader, past } = services;
  const hits = await findHits(services.finder, transaction, actor, query);
  const found = new Map([...hits].map(([id, { revision }]) => [id, revision]));
  if (fingerprint !== undefined) {
    await assertSameHits(reader, transaction, actor, decodeHits(fingerprint), found);
  }
  const ids = [...hits.keys()];
  const indexes = new Map([...hits.values()].map(({ path }, index) => [path, index]));
  const begin = (): Change => services.begin(transaction, actor, false);
  const trial = await tryOut(
    { transaction, actor, past, begin },
    { isWhole: !skipFaults, isTried: dryRun, shown: shownMax },
    async (change, leftOut) => {
      const coming = { paths: new Set<string>(), refs: new Set<string>() };
      const runner = new OperationRunner({ transaction, actor, reader, change, coming });
      const faults: OperationFault[] = [];
      for (const [index, id] of ids.entries()) {
        if (leftOut.has(index)) continue;
        const path = hits.get(id)?.path ?? "";
        const wrong = await runner.run({ index, at: path }, { op: "update", id, fields });
        faults.push(...wrong.map((fault) => ({ path, ...fault })));
      }
      const placeOf = (path: string): Place | undefined => {
        const index = indexes.get(path);
        return index === undefined ? undefined : { index, at: path };
      };
      return { result: null, faults, lateFaults: await runner.settle(), placeOf };
    },
  );
  const { faults, change, preview } = trial;
  if (faults.length > 0 && !dryRun && !skipFaults) throw refused(faults, ids.length);
  return { change, found: ids.length, preview, faults, fingerprint: encodeHits(found) };
}

async function findHits(
  finder: ObjectFinder,
  transaction: Transaction,
  actor: Actor,
  query: FindQuery,
): Promise<Map<number, { path: string; revision: number }>> {
  const hits = new Map<number, { path: string; revision: number }>();
  let cursor: string | undefined;
  do {
    const page = await finder.page(transaction, actor, {
      ...query,
      sort: "id",
      limit: 1000,
      cursor,
    });
    for (const { id, path, revision } of page.items) {
      if (id === null) {
        throw new TsunagiError("METHOD_NOT_ALLOWED", `${path} cannot be changed as an object`);
      }
      hits.set(id, { path, revision });
    }
    cursor = page.next ?? undefined;
    if (hits.size > objectsMax) throw tooMany();
  } while (cursor !== undefined);
  return hits;
}

async function assertSameHits(
  reader: ObjectReader,
  transaction: Transaction,
  actor: Actor,
  before: HitList,
  now: HitList,
): Promise<void> {
  const added = [...now.keys()].filter((id) => !before.has(id));
  const gone = [...before.keys()].filter((id) => !now.has(id));
  const changed = [...now].flatMap(([id, revision]) =>
    before.has(id) && before.get(id) !== revision ? id : [],
  );
  if (added.length + gone.length + changed.length === 0) return;
  const named = async (ids: readonly number[]): Promise<string[]> => {
    const paths: string[] = [];
    for (const id of ids) {
      if (paths.length === namedMax) break;
      const path = await readablePath(reader, transaction, actor, id);
      if (path !== undefined) paths.push(path);
    }
    return paths;
  };
  throw new TsunagiError(
    "HITS_CHANGED",
    `the search finds others than in the preview: ${added.length} new, ${gone.length} no longer, ${changed.length} changed meanwhile`,
    {
      details: {
        added: await named(added),
        gone: await named(gone),
        changed: await named(changed),
      },
      hint: "look at a new preview, and apply that",
    },
  );
}

async function readablePath(
  reader: ObjectReader,
  transaction: Transaction,
  actor: Actor,
  id: number,
): Promise<string | undefined> {
  const path = await pathOf(transaction, id);
  const object = path === null ? undefined : await reader.objects.byId(transaction, id, path);
  if (object === undefined) return undefined;
  const rights = await reader.rights(transaction, actor, object);
  return hasRight(rights, "read") ? object.path : undefined;
}

function tooMany(): TsunagiError {
  return new TsunagiError(
    "LIMIT_EXCEEDED",
    `the search finds more than ${objectsMax} objects, too many for one change`,
    { details: { limit: objectsMax }, hint: "narrow it, and change them in several steps" },
  );
}
