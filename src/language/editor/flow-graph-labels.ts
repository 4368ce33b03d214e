import { isContextName } from "../analysis/made-names.ts";
import type { Span } from "../syntax/span.ts";
import type {
  Argument,
  Assignment,
  BracketJob,
  Expression,
  Job,
  UpdateJob,
} from "../syntax/tree.ts";
import type { EditorDocument } from "./document.ts";
import type { FlowNode } from "./flow-graph.ts";
import { methodHelp } from "./help.ts";
import { absolute } from "./symbols.ts";

/** What a job is in the picture, and what stands on it: taken from the text as it is written. */
export function describeJob(
  document: EditorDocument,
  job: Job,
): Pick<FlowNode, "kind" | "label" | "detail" | "context" | "objectType"> {
  const at = (expression: { span: Span }): string => sourceOf(document, expression.span);
  const plain = { detail: "", context: [], objectType: null };
  switch (job.kind) {
    case "bracket":
      return describeBracket(document, job);
    case "assignment": {
      const context = contextOf(document, job.assignments);
      const isContext = context.length === job.assignments.length;
      const label = job.assignments.map(({ name }) => name.text).join(", ");
      const detail = listed(
        document,
        job.assignments.map(({ span }) => span),
      );
      return { ...plain, kind: isContext ? "context" : "assignment", label, detail, context };
    }
    case "update":
      return describeUpdate(document, job);
    case "event":
      return {
        ...plain,
        kind: "receive",
        label: at(job.channel),
        objectType: typeAt(document, job.channel),
      };
    case "builtin":
      return {
        ...plain,
        kind: "builtin",
        label: job.name.text,
        detail: argumentsOf(document, job.arguments),
      };
    case "plain":
    case "session": {
      const variables = job.assignments.filter(({ name }) => !isContextName(name.text));
      return {
        ...plain,
        kind: job.kind,
        label:
          job.kind === "session"
            ? job.name.text
            : variables.map(({ name }) => name.text).join(", "),
        detail: listed(
          document,
          variables.map(({ span }) => span),
        ),
        context: contextOf(document, job.assignments),
      };
    }
    case "if":
      return { ...plain, kind: "if", label: job.arms[0] ? at(job.arms[0].condition) : "" };
    case "case":
      return { ...plain, kind: "case", label: job.subjects.map(at).join(" ") || "$RESULT" };
    case "for":
    case "pfor": {
      const names = job.names.map(({ text }) => text).join(", ");
      const detail = job.kind === "pfor" && job.limit ? at(job.limit) : "";
      return { ...plain, kind: job.kind, label: `${names} in ${at(job.iterable)}`, detail };
    }
    case "while":
      return { ...plain, kind: "while", label: at(job.condition) };
    case "timeout":
      return { ...plain, kind: "timeout", label: at(job.seconds) };
    case "lock":
      return {
        ...plain,
        kind: "lock",
        label: at(job.object),
        objectType: typeAt(document, job.object),
      };
    case "fork":
    case "choice":
      return { ...plain, kind: job.kind, label: "" };
    case "error":
      return { ...plain, kind: "error", label: at(job) };
  }
}

function describeBracket(
  document: EditorDocument,
  { target, arguments: given }: BracketJob,
): ReturnType<typeof describeJob> {
  const detail = argumentsOf(document, given);
  const label = sourceOf(document, target.span);
  const objectType = typeAt(document, target);
  if (target.kind === "member" && Object.hasOwn(methodHelp, target.name.text))
    return { kind: "method", label, detail, context: [], objectType };
  if (!holdsText(target)) return { kind: "call", label, detail, context: [], objectType };
  const text = target.kind === "string" ? label.replace(/^('''|"""|'|")([^]*)\1$/, "$2") : label;
  return { kind: "command", label: text, detail, context: [], objectType };
}

function holdsText(target: Expression): boolean {
  if (target.kind === "binary" && target.operator === "+")
    return holdsText(target.left) || holdsText(target.right);
  return target.kind === "string";
}

/** Without a field it is a message, unless what stands there is known to be no channel. */
function describeUpdate(
  document: EditorDocument,
  { target, value }: UpdateJob,
): ReturnType<typeof describeJob> {
  const objectType = typeAt(document, target);
  const isField = target.kind === "member";
  const isUpdate =
    isField || (value.kind === "dictionary" && objectType !== null && objectType !== "Channel");
  return {
    kind: isUpdate ? "update" : "send",
    label: sourceOf(document, target.span),
    detail: sourceOf(document, value.span),
    context: [],
    objectType,
  };
}

function typeAt(document: EditorDocument, expression: Expression): string | null {
  if (expression.kind !== "path") return null;
  return document.surroundings?.objectAt(absolute(document, expression.path))?.type ?? null;
}

function contextOf(
  document: EditorDocument,
  assignments: readonly Assignment[],
): FlowNode["context"] {
  return assignments.flatMap(({ name, value }) =>
    isContextName(name.text) ? { name: name.text, value: sourceOf(document, value.span) } : [],
  );
}

function argumentsOf(document: EditorDocument, given: readonly Argument[]): string {
  return listed(
    document,
    given.map(({ span }) => span),
  );
}

export function listed(document: EditorDocument, spans: readonly Span[]): string {
  return spans.map((span) => sourceOf(document, span)).join(", ");
}

/** What stands there, cut to what a picture can show. */
export function sourceOf({ source }: EditorDocument, { start, end }: Span): string {
  const text = source.slice(start, Math.min(end, start + shownMax));
  return end - start > shownMax ? `${text}…` : text;
}

/** Several lines of a node that is 30 characters wide. */
const shownMax = 200;
