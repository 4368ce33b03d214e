import type { Span } from "../syntax/span.ts";

/** What is wrong with a source text, and where: data, never thrown. */
export interface Diagnostic {
  /** Stable, such as `syntax.expected` or `name.unknown`. */
  code: string;
  severity: "error" | "warning" | "hint";
  span: Span;
  message: string;
  /** What to do, such as "Did you mean 'service'?". */
  hint?: string;
  /** Another place that has to do with it, such as where a value comes from. */
  related?: { span: Span; message: string };
}
