import { z } from "zod";

/** What is said about the source of a jobflow, with the place of each. */

const place = {
  line: z.number().int().describe("From 1"),
  column: z.number().int().describe("From 1, in characters"),
};

export const diagnosticDocument = z.object({
  code: z.string().describe("Stable, such as `name.unknown`"),
  severity: z.enum(["error", "warning", "hint"]),
  ...place,
  message: z.string(),
  hint: z.string().optional().describe("What to do"),
  related: z
    .object({ ...place, message: z.string() })
    .optional()
    .describe("Another place that has to do with it"),
});

export const checkedDocument = z.object({ diagnostics: z.array(diagnosticDocument) });
export const checkBody = z.strictObject({
  path: z.string().max(4096).describe("Where the jobflow stands, or would"),
  source: z.string(),
});
export type CheckedDocument = z.infer<typeof checkedDocument>;
