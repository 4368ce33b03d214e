import type { Principal } from "#identity";

/** Who does something to objects, and why. Rights are the principal's; the history names all of it. */
export interface Actor {
  principal: Principal;
  cause: Cause;
  /** Given by a person who changes something: the number of a request, for instance. */
  reason?: string;
}

export interface Cause {
  kind: "person" | "token" | "process" | "import" | "rule" | "undo" | "system";
  /** Such as `/process/17`, the number of a token, or `change 41` of an undo. */
  id: string | null;
}

/** The installation itself: it may do everything, and is nobody's name in the history. */
export const systemActor: Actor = {
  principal: { userId: 0, name: "system", groups: [], isAdministrator: true, via: "system" },
  cause: { kind: "system", id: null },
};
