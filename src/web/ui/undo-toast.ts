import type { QueryClient } from "@tanstack/react-query";
import { open } from "../client/navigation.ts";
import { forgetObjects, undo } from "../client/objects.ts";
import { Problem } from "../client/request.ts";
import { t } from "./text.ts";
import { toast } from "./toasts.ts";

/** Says what was done, and takes it back on demand; where something is in the way, the page of the change shows that. */
export function toastChange(queries: QueryClient, text: string, change: number | null): void {
  if (change === null) return toast(text);
  toast(text, () => void takeBack(queries, change));
}

async function takeBack(queries: QueryClient, change: number): Promise<void> {
  try {
    const undone = await undo({ change });
    await forgetObjects(queries);
    toastChange(queries, t("undo.done", { change }), undone.change);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    open(`/.changes/${change}`, { view: "undo" });
  }
}
