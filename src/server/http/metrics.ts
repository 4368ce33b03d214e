import { z } from "zod";
import { writeExposition } from "#kernel";
import { route } from "./route.ts";

/** What the server counts about itself, as Prometheus reads it. */

export const metricsRoutes = [
  route({
    method: "GET",
    address: "/.metrics",
    summary: "What the server counts about itself",
    description:
      "In the text format of Prometheus; for administrators, and for tokens of `tsunagi token create NAME --metrics`, which may do nothing else.",
    answers: { 200: { description: "The figures", schema: z.string(), isText: true } },
    async handle({ call, figures, reply }) {
      const all = [...figures(), ...(await call("server.figures", {}))];
      reply.type("text/plain; version=0.0.4; charset=utf-8");
      return writeExposition(all);
    },
  }),
];
