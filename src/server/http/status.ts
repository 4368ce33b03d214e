import { z } from "zod";
import { statusDocument } from "#contract";
import { languageOf } from "./accept.ts";
import { translateTexts } from "./problem.ts";
import { flag, route } from "./route.ts";

/** Whether the house is well; open, so that a load balancer can ask. */

const query = z.strictObject({
  ready: flag.describe("Answers 503 unless the server can do work: for a load balancer"),
});

export const statusRoutes = [
  route({
    method: "GET",
    address: "/.status",
    summary: "Whether the server is well",
    isOpen: true,
    description:
      "A degraded server still answers 200: to take it out of a load balancer would help nobody. With `ready` it answers 503 when it can do no work.",
    query,
    answers: {
      200: { description: "How it stands, part by part", schema: statusDocument },
      503: { description: "It can do no work now", schema: statusDocument },
    },
    async handle({ call, query: { ready }, request, reply }) {
      const document = await call("server.status", {});
      if (ready === true && !document.isReady) reply.code(503);
      return translateTexts(document, languageOf(request.headers["accept-language"]));
    },
  }),
];
