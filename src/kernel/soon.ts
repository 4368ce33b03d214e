/**
 * What is there already, or will be. Most of what a turn needs is there: SQLite answers at once, and most that a process waits for is
 * kept in memory. To `await` it all the same would cost more than the turn itself.
 */
export type Soon<T> = T | Promise<T>;

/** Goes on with what is there, at once, or when it has come. */
export function andThen<T, R>(value: Soon<T>, next: (value: T) => Soon<R>): Soon<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
