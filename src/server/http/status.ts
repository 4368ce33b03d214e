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
    answers: {
      200: { description: "All is well", schema: statusDocument },
      503: { description: "Something is not", schema: statusDocument },
    },
    handle: async (ask) => {
      const status = await ask.call("server.status", {});
      if (status.status !== "ok") ask.reply.code(503);
      return status;
    },
  }),
];
