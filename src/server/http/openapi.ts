import { z } from "zod";
import {
  changeListDocument,
  comparisonDocument,
  deletedDocument,
  explanationDocument,
  grantDocument,
  historyDocument,
  objectRightsDocument,
  oneChangeDocument,
  restoredDocument,
  undoDocument,
  userRightsDocument,
  consoleDocument,
  listDocument,
  objectDocument,
  problemDocument,
  startedDocument,
  statusDocument,
} from "#contract";
import { isSystemAddress, objectsPrefix } from "./address.ts";
import { uploadedDocument } from "./attachments.ts";
import { acceptedDocument } from "./objects.ts";
import { route, type Answer, type Route } from "./route.ts";
import { meDocument } from "./session.ts";

/** Writes the OpenAPI document from the route table, so that it cannot tell anything else than what is served. */

const named = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries({
  Object: objectDocument,
  List: listDocument,
  History: historyDocument,
  Changes: changeListDocument,
  Change: oneChangeDocument,
  Comparison: comparisonDocument,
  Deleted: deletedDocument,
  Uploaded: uploadedDocument,
  Undone: undoDocument,
  Restored: restoredDocument,
  ObjectRights: objectRightsDocument,
  UserRights: userRightsDocument,
  Explanation: explanationDocument,
  Grant: grantDocument,
  Started: startedDocument,
  Accepted: acceptedDocument,
  Console: consoleDocument,
  Problem: problemDocument,
  Me: meDocument,
  Status: statusDocument,
})) {
  named.add(schema, { id });
}

/** What holds any JSON has the empty schema. */
const anyValue = { unrepresentable: "any" } as const;

/** The document itself, and the route that gives it to people who are signed in. */
export function openApiRoute(routes: readonly Route[], version: string): Route {
  const self: Route = route({
    method: "GET",
    address: "/.api/openapi.json",
    summary: "This document",
    answers: { 200: { description: "OpenAPI 3.1", schema: z.record(z.string(), z.unknown()) } },
    handle: async (ask) => {
      await ask.call("identity.whoami", {});
      return document;
    },
  });
  const document = openApiOf([...routes, self], version);
  return self;
}

export function openApiOf(routes: readonly Route[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const path = isSystemAddress(route.address)
      ? route.address
      : `${objectsPrefix}${route.address}`;
    const method = route.method.toLowerCase();
    const operation = operationOf(route, path);
    const sibling = paths[path]?.[method];
    paths[path] = {
      ...paths[path],
      [method]: sibling === undefined ? operation : merged(sibling, operation),
    };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Tsunagi",
      version,
      description: `Objects also stand at their path itself (\`/nodes/web01\`), where \`Accept: application/json\` asks for data. Below \`${objectsPrefix}\` the answer is always data. Each name of a path is percent-encoded on its own; the slashes between names stay.`,
    },
    paths,
    components: { schemas: componentSchemas(), securitySchemes },
    security: [{ token: [] }, { session: [] }],
  };
}

const securitySchemes = {
  token: { type: "http", scheme: "bearer" },
  session: { type: "apiKey", in: "cookie", name: "tsunagi_session" },
};

interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  parameters: Parameter[];
  requestBody?: { content: Record<string, unknown> };
  responses: Record<string, Response>;
}

interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  schema: unknown;
}

interface Response {
  description: string;
  content?: Record<string, unknown>;
}

/** OpenAPI knows one operation for a method of an address; what the query tells apart is written into one. */
function merged(one: Operation, other: Operation): Operation {
  const names = new Set(one.parameters.map(({ name }) => name));
  const content = { ...one.requestBody?.content, ...other.requestBody?.content };
  const responses = Object.entries(other.responses).map(([status, response]) => {
    const same = one.responses[status];
    if (same === undefined) return [status, response];
    const description =
      same.description === response.description
        ? same.description
        : `${same.description}; or ${response.description.toLowerCase()}`;
    return [status, { description, content: { ...response.content, ...same.content } }];
  });
  return {
    ...one,
    summary: `${one.summary}; or ${other.summary.toLowerCase()}`,
    description: [one.description, other.description].filter(Boolean).join("\n\n"),
    parameters: [...one.parameters, ...other.parameters.filter(({ name }) => !names.has(name))],
    ...(Object.keys(content).length === 0 ? {} : { requestBody: { content } }),
    responses: { ...one.responses, ...Object.fromEntries(responses) },
  };
}

function operationOf(route: Route, path: string): Operation {
  return {
    operationId: operationIdOf(route),
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(route.isOpen === true ? { security: [] } : {}),
    parameters: [
      ...pathParameters(path),
      ...queryParameters(route.query),
      ...revisionParameter(route),
    ],
    ...(route.takesFile === true
      ? { requestBody: { content: { "*/*": { schema: { type: "string", format: "binary" } } } } }
      : {}),
    ...(route.body === undefined
      ? {}
      : { requestBody: { content: { "application/json": { schema: schemaOf(route.body) } } } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.answers).map(([status, answer]) => [status, responseOf(answer)]),
      ),
      default: {
        description: "What is wrong, and what to do",
        content: { "application/problem+json": { schema: reference("Problem") } },
      },
    },
  };
}

/** `GET /process/{id}` is `getProcessId`. */
function operationIdOf(route: Route): string {
  const words = route.address.match(/\w+/g) ?? [];
  return [
    route.method.toLowerCase(),
    ...words.map((w) => w.charAt(0).toUpperCase() + w.slice(1)),
  ].join("");
}

function pathParameters(path: string): Parameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: name === "id" ? "integer" : "string" },
  }));
}

function queryParameters(query: z.ZodType | undefined): Parameter[] {
  if (query === undefined) return [];
  const { properties = {} } = z.toJSONSchema(query, { io: "input", ...anyValue });
  return Object.entries(properties).map(([name, schema]) => ({ name, in: "query", schema }));
}

function revisionParameter(route: Route): Parameter[] {
  const takesRevision =
    route.address === "/{path}" && ["PUT", "PATCH", "DELETE"].includes(route.method);
  return takesRevision ? [{ name: "If-Match", in: "header", schema: { type: "string" } }] : [];
}

function responseOf(answer: Answer): Response {
  if (answer.isFile === true) {
    const schema = { type: "string", format: "binary" };
    return { description: answer.description, content: { "*/*": { schema } } };
  }
  if (answer.schema === undefined) return { description: answer.description };
  return {
    description: answer.description,
    content: {
      "application/json": { schema: schemaOf(answer.schema) },
      ...(answer.isText === true ? { "text/plain": { schema: { type: "string" } } } : {}),
    },
  };
}

function schemaOf(schema: z.ZodType): unknown {
  const id = named.get(schema)?.id;
  if (id !== undefined) return reference(id);
  if (schema instanceof z.ZodUnion)
    return { oneOf: schema.options.map((option) => schemaOf(option as z.ZodType)) };
  return { ...z.toJSONSchema(schema, { io: "input", ...anyValue }), $schema: undefined };
}

function componentSchemas(): Record<string, unknown> {
  const { schemas } = z.toJSONSchema(named, {
    uri: (id) => `#/components/schemas/${id}`,
    ...anyValue,
  });
  // Inside one document they need neither dialect nor identity of their own.
  return Object.fromEntries(
    Object.entries(schemas).map(([id, schema]) => [
      id,
      { ...schema, $schema: undefined, $id: undefined },
    ]),
  );
}

function reference(id: string): Record<string, unknown> {
  return { $ref: `#/components/schemas/${id}` };
}
