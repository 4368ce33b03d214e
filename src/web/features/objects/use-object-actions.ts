import { parentPath } from "#kernel";
import type { ObjectDocument } from "#contract";
import { open, setParams } from "../../client/navigation.ts";
import { queryText } from "../../client/request.ts";
import { useMyRights } from "../../client/rights.ts";
import type { Action } from "../../ui/action.ts";
import {
  IconArrowsMove,
  IconCopy,
  IconDownload,
  IconEdit,
  IconHistory,
  IconLock,
  IconPin,
  IconPlus,
  IconTrash,
  IconUpload,
} from "../../ui/icons.ts";
import { prefer, usePreferences } from "../../ui/preferences.ts";
import { t } from "../../ui/text.ts";
import { toast } from "../../ui/toasts.ts";
import { useTransaction } from "../../grid/use-transaction.ts";

/** What can be done with an object: buttons, menu, palette and keys show the same. */
export function useObjectActions(
  object: ObjectDocument,
  o: { asOf: string | undefined; onPlace: (kind: "copy" | "move") => void },
): { actions: Record<string, Action>; remove: ReturnType<typeof useTransaction> } {
  const { path, type } = object;
  const rights = useMyRights(path);
  const { pinned } = usePreferences();
  const remove = useTransaction();
  const isPast = o.asOf !== undefined;
  const isVirtual = object.id === null;
  const isPinned = pinned.includes(path);
  const inPast = isPast ? t("past.readOnly") : undefined;
  const elsewhere = isVirtual ? t("object.keptElsewhere") : undefined;
  const isDirectory = type === "Directory";
  const below = isDirectory ? path : undefined;
  const actions: Record<string, Action> = {
    edit: {
      id: "edit",
      label: t("object.edit"),
      icon: IconEdit,
      shortcut: "e",
      keywords: "change 変更 へんしゅう",
      whyNot: inPast ?? elsewhere ?? rights.whyNot("write"),
      perform: () => setParams({ view: "edit" }),
    },
    new: {
      id: "new",
      label: t("object.new"),
      icon: IconPlus,
      shortcut: "n",
      keywords: "create make 作成 さくせい",
      whyNot: inPast ?? elsewhere ?? rights.whyNot("write"),
      perform: () => setParams({ view: "new", type: undefined }),
    },
    import: {
      id: "import",
      label: t("object.import"),
      icon: IconUpload,
      keywords: "csv excel とりこみ upload",
      whyNot: inPast ?? elsewhere ?? rights.whyNot("write"),
      perform: () => open("/.import", { into: path }),
    },
    history: {
      id: "history",
      label: t("object.history"),
      icon: IconHistory,
      shortcut: "h",
      keywords: "changes りれき 変更",
      perform: () => setParams({ view: "history" }),
    },
    permissions: {
      id: "permissions",
      label: t("object.permissions"),
      icon: IconLock,
      keywords: "rights grants けんげん",
      perform: () => setParams({ view: "permissions" }),
    },
    copy: {
      id: "copy",
      label: t("object.copyTo"),
      icon: IconCopy,
      keywords: "duplicate 複製 コピー",
      whyNot: inPast ?? elsewhere,
      // A single object is copied in its form, where what has to be another value can be changed.
      perform: () =>
        isDirectory ? o.onPlace("copy") : open(parentPath(path), { view: "new", type, from: path }),
    },
    move: {
      id: "move",
      label: t("object.moveTo"),
      icon: IconArrowsMove,
      keywords: "rename 名前変更 いどう",
      whyNot: inPast ?? elsewhere ?? rights.whyNot("delete"),
      perform: () => o.onPlace("move"),
    },
    export: {
      id: "export",
      label: t("object.export"),
      icon: IconDownload,
      keywords: "download yaml かきだし",
      perform: () =>
        window.location.assign(
          `/.api/v1/export${queryText({ format: "yaml", ...(below === undefined ? { q: `path = ${quoted(path)}` } : { below }), "as-of": below === undefined ? undefined : o.asOf })}`,
        ),
    },
    pin: {
      id: "pin",
      label: t(isPinned ? "object.unpin" : "object.pin"),
      icon: IconPin,
      keywords: "favourite bookmark お気に入り",
      perform: () =>
        prefer({ pinned: isPinned ? pinned.filter((each) => each !== path) : [...pinned, path] }),
    },
    copyPath: {
      id: "copy-path",
      label: t("object.copyPath"),
      keywords: "path clipboard パス",
      perform: () => {
        void navigator.clipboard.writeText(path);
        toast(t("object.copiedPath", { path }));
      },
    },
    delete: {
      id: "delete",
      label: t("object.delete"),
      icon: IconTrash,
      keywords: "remove 削除 さくじょ",
      isDanger: true,
      whyNot: inPast ?? elsewhere ?? rights.whyNot("delete"),
      perform: () =>
        remove.mutate({
          operations: [{ op: "delete", path, ...(isDirectory ? { recursive: true } : {}) }],
          says: t("object.deleted", { path }),
          after: () => open(parentPath(path)),
        }),
    },
  };
  return { actions, remove };
}

function quoted(path: string): string {
  return `'${path.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
