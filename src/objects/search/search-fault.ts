import { nearest, TsunagiError, type SearchFault } from "#kernel";

/** The search cannot be done as it is written; `at` is where in its text. */
export function searchInvalid({ at, message }: SearchFault, hint?: string): TsunagiError {
  return new TsunagiError("SEARCH_INVALID", `${message} (at character ${at + 1})`, {
    details: { at, message },
    ...(hint === undefined ? {} : { hint }),
  });
}

export function unknownField(at: number, name: string, known: Iterable<string>, where: string) {
  const names = [...new Set(known)];
  const guess = nearest(name, names);
  const hint =
    guess === undefined ? `its fields are: ${names.join(", ")}` : `did you mean ${guess}?`;
  return searchInvalid(
    {
      at,
      message: `${where} has no field '${name}'`,
    },
    hint,
  );
}
