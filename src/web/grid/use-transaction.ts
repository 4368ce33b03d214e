import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { TransactionBody } from "#contract";
import { forgetObjects, transact } from "../client/objects.ts";
import { toastChange } from "../ui/undo-toast.ts";

type Operations = TransactionBody["operations"];

/** Does operations as one change, says so, and offers to take it back. */
export function useTransaction() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ operations }: { operations: Operations; says: string; after?: () => void }) =>
      transact({ operations }),
    onSuccess: async ({ change }, { says, after }) => {
      after?.();
      toastChange(queries, says, change);
      await forgetObjects(queries);
    },
  });
}
