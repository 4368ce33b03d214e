/** Thrown when an invariant of ours is broken: a bug, reported as INTERNAL, caught only at process and request boundaries. */
export class AssertionError extends Error {
  override name = "AssertionError";
}

/** Throws an {@link AssertionError} unless the condition holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Marks a branch that the types say cannot be reached. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${JSON.stringify(value)}`);
}
