/** What an import reads, whatever format it came in: a row of cells, or a whole object; and what of it cannot be read. */
import type { Json } from "../json.ts";
import type { Right } from "../rights.ts";
import type { Cell } from "./cell.ts";

export type TransferRow =
  | { at: string; cells: Record<string, Cell> }
  | { at: string; object: TransferObject }
  | { at: string; fault: string };

/** An object as YAML and JSON lines hold it. */
export interface TransferObject {
  path?: string;
  id?: number;
  type?: string;
  /** Left out: nothing is said of them, only that the object is there. */
  fields?: Record<string, Json>;
  /** Rights by `user:NAME`, `group:NAME`, `everyone`; these and no others stand on the object. */
  grants?: Record<string, Right[]>;
  /** By name; left out of account unless the import says that owners count. */
  owner?: string;
}
