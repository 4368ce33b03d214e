import { Skeleton } from "@mantine/core";
import { t } from "./text.ts";

/** As large as what comes, so that nothing jumps. */
export function Loading({ rows = 6 }: { rows?: number }) {
  return (
    <div role="status" aria-label={t("app.loading")}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={20} mb={8} />
      ))}
    </div>
  );
}
