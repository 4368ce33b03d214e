import type { FastifyReply, FastifyRequest } from "fastify";
import { errorKinds, translate, TsunagiError, type ErrorCode, type Language } from "#kernel";
import type { ProblemDocument } from "#contract";
import { ZodError } from "zod";
import { languageOf } from "./accept.ts";

/**
 * Every failure leaves as a problem document (RFC 9457), made here and nowhere else. What is not a
 * {@link TsunagiError} is a bug of ours: the answer says so and names the request, the log holds the rest.
 */

export const problemMediaType = "application/problem+json; charset=utf-8";

/** What the one error handler of Fastify calls. */
export function answerWithProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const failure = failureOf(error);
  if (failure.status >= 500) request.log.error({ err: error }, "request failed");
  else request.log.debug({ code: failure.code, detail: failure.message }, "request refused");
  if (failure.code === "NOT_SIGNED_IN" || failure.code === "TOKEN_INVALID") {
    reply.header("www-authenticate", "Bearer");
  }
  if (waitingStatuses.has(failure.status)) reply.header("retry-after", retryAfter(failure));
  const language = languageOf(request.headers["accept-language"]);
  return reply
    .code(failure.status)
    .header("content-language", language)
    .type(problemMediaType)
    .send(problemOf(failure, request.id, language));
}

/** The document for a failure. */
export function problemOf(
  failure: TsunagiError,
  requestId: string,
  language: Language,
): ProblemDocument {
  const isOurs = failure.code === "INTERNAL";
  const detail = isOurs ? `something inside went wrong in request ${requestId}` : failure.message;
  const hint = isOurs ? `The server's log has the particulars under ${requestId}.` : failure.hint;
  return {
    type: `urn:tsunagi:error:${failure.code}`,
    status: failure.status,
    code: failure.code,
    title: errorKinds[failure.code].title[language],
    detail: translate(detail, language),
    details: isOurs ? {} : (translateTexts(failure.details, language) as typeof failure.details),
    ...(hint === undefined ? {} : { hint: translate(hint, language) }),
    requestId,
  };
}

// Under these names, what we say about a value; under all others, values.
const textNames = new Set(["message", "hint", "expected", "got"]);

/** Details, or an answer, with the texts in it for people in their language. */
export function translateTexts(value: unknown, language: Language): unknown {
  if (language === "en" || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => translateTexts(each, language));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: [string, unknown]) => [
      name,
      textNames.has(name) && typeof inner === "string"
        ? translate(inner, language)
        : translateTexts(inner, language),
    ]),
  );
}

/** Makes a failure with a code of whatever was thrown while a request was served. */
export function failureOf(error: unknown): TsunagiError {
  if (error instanceof TsunagiError) return error;
  if (error instanceof ZodError) return argumentFault(error);
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  const known = typeof code === "string" ? frameworkFailures[code] : undefined;
  if (known !== undefined) return new TsunagiError(known.code, known.message, { hint: known.hint });
  if (typeof statusCode === "number" && statusCode >= 400 && statusCode < 500) {
    return new TsunagiError("ARGUMENT_INVALID", "the request is not valid HTTP", { cause: error });
  }
  return new TsunagiError("INTERNAL", "something inside went wrong", { cause: error });
}

/** Where a value does not fit, and what was expected there. */
export interface FieldFault {
  field: string;
  message: string;
}

function argumentFault(error: ZodError): TsunagiError {
  const fields: FieldFault[] = error.issues.map((issue) => ({
    field: issue.path.join("."),
    message: issue.message,
  }));
  const text = fields.map(({ field, message }) =>
    field === "" ? message : `${field}: ${message}`,
  );
  return new TsunagiError("ARGUMENT_INVALID", `the request is not valid: ${text.join("; ")}`, {
    details: { fields },
  });
}

const frameworkFailures: Record<string, { code: ErrorCode; message: string; hint: string }> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: "BODY_TOO_LARGE",
    message: "the body is larger than 1 MB",
    hint: "Send less at once; large data belongs into a file on a node.",
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: "BODY_INVALID",
    message: "the body is shorter or longer than its Content-Length says",
    hint: "Send the request again.",
  },
  FST_ERR_BAD_URL: {
    code: "ARGUMENT_INVALID",
    message: "the address is not percent-encoded UTF-8",
    hint: "Encode each name of the path on its own, as encodeURIComponent does; '%' itself is '%25'.",
  },
};

/** Where trying again later, with the same request, can help. */
const waitingStatuses = new Set([429, 503, 507]);

function retryAfter(failure: TsunagiError): string {
  const { retryAfterSeconds } = failure.details as { retryAfterSeconds?: unknown };
  return String(typeof retryAfterSeconds === "number" ? Math.ceil(retryAfterSeconds) : 1);
}
