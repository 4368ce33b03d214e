import { z } from "zod";
import { route } from "./route.ts";

/** Whether the house is well; open, so that a load balancer can ask. */

export const statusDocument = z.object({
  status: z.enum(["ok", "degraded"]),
  version: z.string(),
  parts: z.record(
    z.string(),
    z.object({ status: z.enum(["ok", "failed"]), message: z.string().optional() }),
  ),
});

export const statusRoutes = [
  route({
    method: "GET",
    address: "/.status",
    summary: "Whether the server is well",
    isOpen: true,
    description:
      "A degraded server still answers: to take it out of a load balancer would help nobody.",
    answers: { 200: { description: "How it stands, part by part", schema: statusDocument } },
    handle: (ask) => ask.call("server.status", {}),
  }),
];
