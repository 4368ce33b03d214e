import { Button, Text } from "@mantine/core";
import { Problem } from "../client/request.ts";
import { Notice } from "./notice.tsx";
import { t } from "./text.ts";

interface Props {
  error: unknown;
  /** Offered where trying again can help. */
  onRetry?: () => void;
}

/** What went wrong, and what to do; the code and the request's number last, for who helps. */
export function ProblemNotice({ error, onRetry }: Props) {
  const problem = error instanceof Problem ? error.document : undefined;
  if (problem === undefined) return <Notice tone="fail" title={String(error)} />;
  return (
    <Notice tone="fail" title={problem.title}>
      <Text>{problem.detail}</Text>
      <Faults details={problem.details} />
      {problem.hint !== undefined && <Text>{problem.hint}</Text>}
      <Text c="dimmed" size="xs">
        {problem.requestId === ""
          ? problem.code
          : t("problem.reference", { code: problem.code, id: problem.requestId })}
      </Text>
      {onRetry !== undefined && (
        <Button variant="default" size="xs" mt="xs" onClick={onRetry}>
          {t("problem.retry")}
        </Button>
      )}
    </Notice>
  );
}

interface Diagnostic {
  message: string;
  line?: number;
  column?: number;
}

/** Source that does not compile brings all its diagnostics. */
function Faults({ details }: { details: Record<string, unknown> }) {
  const { diagnostics } = details as { diagnostics?: Diagnostic[] };
  if (!Array.isArray(diagnostics)) return null;
  return (
    <ul>
      {diagnostics.map(({ message, line, column }) => (
        <li key={`${line}:${column}:${message}`}>
          {line !== undefined && `${t("edit.problemsAt", { line, column: column ?? 1 })}: `}
          {message}
        </li>
      ))}
    </ul>
  );
}
