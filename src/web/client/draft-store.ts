import type { Json } from "#contract";

/**
 * What was typed and not saved, kept in this browser's database: by user and path, with the revision on which it is
 * based. Secrets never come here. A browser that keeps nothing for us does without.
 */
export interface StoredDraft {
  user: string;
  path: string;
  /** Of what is to be made: its type. */
  type: string;
  /** Undefined: the object is not there yet. */
  revision: number | undefined;
  at: string;
  values: Record<string, Json>;
}

const storeName = "drafts";
let opened: Promise<IDBDatabase | undefined> | undefined;

function database(): Promise<IDBDatabase | undefined> {
  opened ??= new Promise((resolve) => {
    try {
      const asked = indexedDB.open("tsunagi", 1);
      asked.addEventListener("upgradeneeded", () =>
        asked.result.createObjectStore(storeName, { keyPath: ["user", "path"] }),
      );
      asked.addEventListener("success", () => resolve(asked.result));
      asked.addEventListener("error", () => resolve(undefined));
    } catch {
      resolve(undefined);
    }
  });
  return opened;
}

async function ask<Result>(
  mode: IDBTransactionMode,
  use: (store: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result | undefined> {
  const opened = await database();
  if (opened === undefined) return undefined;
  return new Promise((resolve) => {
    const asked = use(opened.transaction(storeName, mode).objectStore(storeName));
    asked.addEventListener("success", () => resolve(asked.result));
    asked.addEventListener("error", () => resolve(undefined));
  });
}

const news = "BroadcastChannel" in globalThis ? new BroadcastChannel("tsunagi.drafts") : undefined;

export const draftStore = {
  find: (user: string, path: string): Promise<StoredDraft | undefined> =>
    ask("readonly", (store) => store.get([user, path]) as IDBRequest<StoredDraft | undefined>),

  async list(user: string): Promise<StoredDraft[]> {
    const all = await ask("readonly", (store) => store.getAll() as IDBRequest<StoredDraft[]>);
    return (all ?? []).filter((draft) => draft.user === user);
  },

  async keep(draft: StoredDraft): Promise<void> {
    await ask("readwrite", (store) => store.put(draft));
    news?.postMessage(draft.path);
  },

  async drop(user: string, path: string): Promise<void> {
    await ask("readwrite", (store) => store.delete([user, path]));
  },

  /** Tells of drafts that another tab of this browser keeps. */
  onElsewhere(listener: (path: string) => void): () => void {
    const tell = ({ data }: MessageEvent) => listener(String(data));
    news?.addEventListener("message", tell);
    return () => news?.removeEventListener("message", tell);
  },
};
