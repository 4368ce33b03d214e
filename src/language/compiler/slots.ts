import { assert } from "#kernel";
import type { Declaration, FunctionNames } from "../analysis/resolver.ts";

/**
 * Where the variables of one flow, closure or child live: each has a slot of its own, in the order in which they are
 * made. First the parameters, then copies of what is used from around the function, then what it assigns to.
 */
export class FunctionSlots {
  /** The name in each; null for what the machine keeps. */
  readonly names: (string | null)[] = [];
  /** In pairs: a slot of the function around, and the one it is copied to. */
  readonly captures: number[] = [];
  readonly #function: FunctionNames;
  readonly #slots = new Map<Declaration | string, number>();

  constructor(names: FunctionNames, around: FunctionSlots | null) {
    this.#function = names;
    for (const parameter of names.parameters) this.define(parameter);
    for (const declaration of names.captured) {
      const slot = around?.find(declaration);
      assert(slot !== undefined, `'${declaration.name.text}' is not there to be copied`);
      this.captures.push(slot, this.define(declaration));
    }
    for (const declaration of names.assigned) this.define(declaration);
  }

  add(name: string | null): number {
    return this.names.push(name) - 1;
  }

  define(declaration: Declaration): number {
    const slot = this.add(declaration.name.text);
    this.#slots.set(declaration, slot);
    return slot;
  }

  /** The slot of a variable; of a name of the context only while a value for it waits beside. */
  find(key: Declaration | string): number | undefined {
    return this.#slots.get(key);
  }

  /** Whether the variable is the function's own: no copy of one from around it. */
  owns(declaration: Declaration): boolean {
    return declaration.function === this.#function;
  }

  /** Until the function that is given back is called, the value waits in a slot beside. */
  setAside(key: Declaration | string, name: string): { slot: number; restore: () => void } {
    const before = this.#slots.get(key);
    const slot = this.add(name);
    this.#slots.set(key, slot);
    const restore = (): void => {
      if (before === undefined) this.#slots.delete(key);
      else this.#slots.set(key, before);
    };
    return { slot, restore };
  }
}
