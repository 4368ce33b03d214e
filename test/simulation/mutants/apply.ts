/** Loaded before the simulation (`--import`): puts the fault that MUTANT names into the source as it is loaded. */
import { registerHooks } from "node:module";
import { mutants } from "./mutants.ts";

const name = process.env["MUTANT"];
const mutant = mutants.find((each) => each.name === name);
if (mutant === undefined) throw new Error(`there is no mutant '${name}'`);
const target = new URL(`../../../${mutant.file}`, import.meta.url).href;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (url !== target) return loaded;
    const { source } = loaded;
    const text =
      typeof source === "string" ? source : new TextDecoder().decode(source ?? undefined);
    const parts = text.split(mutant.find);
    if (parts.length !== 2) {
      throw new Error(
        `${mutant.file} has ${parts.length - 1} times the text of the mutant '${name}'`,
      );
    }
    return { ...loaded, source: parts.join(mutant.replacement) };
  },
});
