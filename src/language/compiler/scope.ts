import type { FreeNames } from "./free-names.ts";

/**
 * Where variables live. Every variable of a function has a slot of its own, decided here; names in heads, loop names and
 * named groups are known in their block only, all others to the end of the function (LANGUAGE section 5).
 */
export interface Variable {
  readonly slot: number;
  readonly kind: "variable" | "session";
}

/** The slots of one flow, closure or child. */
export class FunctionSlots {
  /** The name in each; null for what the machine keeps. */
  readonly names: (string | null)[] = [];
  /** In pairs: a slot of the function around, and the one it is copied to. */
  readonly captures: number[] = [];

  add(name: string | null): number {
    return this.names.push(name) - 1;
  }
}

export class Scope {
  readonly slots: FunctionSlots;
  readonly #around: Scope | null;
  readonly #variables = new Map<string, Variable>();

  private constructor(slots: FunctionSlots, around: Scope | null) {
    this.slots = slots;
    this.#around = around;
  }

  /**
   * The outermost scope of a function: its parameters, then copies of what it uses from around it, then what it
   * assigns to.
   */
  static ofFunction(parameters: readonly string[], free: FreeNames, around: Scope | null): Scope {
    const scope = new Scope(new FunctionSlots(), null);
    for (const name of parameters) scope.define(name);
    for (const name of new Set([...free.used, ...free.assigned])) scope.#capture(name, around);
    for (const name of free.assigned) if (!scope.#variables.has(name)) scope.define(name);
    return scope;
  }

  /** The scope of a block. */
  inner(): Scope {
    return new Scope(this.slots, this);
  }

  define(name: string, kind: Variable["kind"] = "variable"): number {
    const slot = this.slots.add(name);
    this.#variables.set(name, { slot, kind });
    return slot;
  }

  find(name: string): Variable | undefined {
    return this.#variables.get(name) ?? this.#around?.find(name);
  }

  #capture(name: string, around: Scope | null): void {
    const found = around?.find(name);
    if (found === undefined || this.#variables.has(name)) return;
    this.slots.captures.push(found.slot, this.define(name));
  }
}
