import { Problem } from "../client/request.ts";

/**
 * The error to show instead of what was read. A lost connection or session says nothing about what is shown
 * already (and what is being typed there), so it hides nothing; the frame tells of both.
 */
export function failureToShow(query: { data: unknown; error: Error | null }): Error | undefined {
  const { data, error } = query;
  const saysNothing =
    error instanceof Problem && ["NOT_SIGNED_IN", "SERVER_UNREACHABLE"].includes(error.code);
  return error === null || (saysNothing && data !== undefined) ? undefined : error;
}
