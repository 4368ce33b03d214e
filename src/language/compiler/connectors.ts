import type { Connector } from "../syntax/tree.ts";

/**
 * LANGUAGE section 4 as a function: where a chain goes on when the job to the left of a connector succeeded or failed. A job that
 * is skipped leaves what is to its left in place; a failure that made `->>` skip is handled, lets `->` and `=>` go on, and is
 * still a failure for `=>>` and `->>`.
 *
 * Gives the index of the job, or whether the chain ends well or fails. `connectors[i]` stands before job i.
 */
export function nextLink(
  connectors: readonly (Connector | null)[],
  from: number,
  left: "succeeded" | "failed",
): number | "end" | "fail" {
  let state: "succeeded" | "failed" | "handled" = left;
  for (let index = from; index < connectors.length; index += 1) {
    switch (connectors[index]) {
      case "=>":
        return index;
      case "->>":
        if (state === "succeeded") return index;
        state = "handled";
        break;
      case "=>>":
        if (state !== "succeeded") return index;
        break;
      default:
        return state === "failed" ? "fail" : index;
    }
  }
  return state === "failed" ? "fail" : "end";
}
