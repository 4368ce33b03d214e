import * as fc from "fast-check";

/**
 * Laws are tried with the same values in every run, so that a red build is about the change that it was run for.
 * `TSUNAGI_SEED=random` tries others, `TSUNAGI_SEED=N` those of a run that found something.
 */
const wanted = process.env["TSUNAGI_SEED"] ?? "20261120";
if (wanted !== "random") fc.configureGlobal({ seed: Number(wanted) });
