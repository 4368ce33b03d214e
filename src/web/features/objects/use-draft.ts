import { useEffect, useEffectEvent, useState } from "react";
import type { Json, ObjectDocument } from "#contract";
import { draftStore, type StoredDraft } from "../../client/draft-store.ts";
import { useMe } from "../../client/me.ts";
import type { FieldDefinition } from "../../fields/definition.ts";
import { timeText } from "../../ui/time.ts";
import { draftOf, type FormValues } from "./form-values.ts";

// After the last key, so that a fast typist writes once.
const pauseMs = 1000;

export interface Draft {
  /** From before; undefined if there is none, or if it was taken. */
  found: StoredDraft | undefined;
  foundAt: string;
  /** Whether another tab edits the same. */
  isElsewhere: boolean;
  /** Its values, into the form. */
  take: () => Record<string, Json>;
  drop: () => Promise<void>;
}

/** Keeps what is typed in this browser, and offers what was kept before. */
export function useDraft(o: {
  base: ObjectDocument;
  /** Of what is to be made, where its draft is kept; it has no path of its own yet. */
  newUnder: string | undefined;
  fields: readonly FieldDefinition[];
  values: FormValues;
}): Draft {
  const { base, newUnder, fields, values } = o;
  const { user } = useMe();
  const isNew = newUnder !== undefined;
  const path = newUnder ?? base.path;
  const [found, setFound] = useState<StoredDraft>();
  const [isElsewhere, setElsewhere] = useState(false);
  const [hasLooked, setLooked] = useState(false);

  useEffect(() => {
    let isGone = false;
    void draftStore.find(user, path).then((draft) => {
      if (isGone) return;
      setFound(draft);
      setLooked(true);
    });
    const stop = draftStore.onElsewhere((other) => other === path && setElsewhere(true));
    return () => {
      isGone = true;
      stop();
    };
  }, [user, path]);

  const keep = useEffectEvent(() => {
    const typed = draftOf(base, fields, values);
    if (Object.keys(typed).length === 0) {
      if (found === undefined) void draftStore.drop(user, path);
      return;
    }
    // What was found and not answered yet must not be lost for what is typed first.
    void draftStore.keep({
      user,
      path,
      type: base.type,
      revision: isNew ? undefined : base.revision,
      at: new Date().toISOString(),
      values: { ...found?.values, ...typed },
    });
  });
  useEffect(() => {
    if (!hasLooked) return;
    const timer = setTimeout(() => keep(), pauseMs);
    return () => clearTimeout(timer);
  }, [values, hasLooked]);
  useEffect(() => {
    // A page that is hidden may not come back.
    const hide = () => document.visibilityState === "hidden" && keep();
    document.addEventListener("visibilitychange", hide);
    return () => document.removeEventListener("visibilitychange", hide);
  }, []);

  return {
    found,
    foundAt: found === undefined ? "" : timeText(found.at),
    isElsewhere,
    take: () => {
      setFound(undefined);
      return found?.values ?? {};
    },
    drop: async () => {
      setFound(undefined);
      await draftStore.drop(user, path);
    },
  };
}
