import type { Surroundings, VisibleObject } from "../../analysis/surroundings.ts";

const objects: Readonly<Record<string, VisibleObject>> = {
  "/": { type: "Directory" },
  "/ops": { type: "Directory" },
  "/ops/restart": {
    type: "Jobflow",
    parameters: [
      { name: "host", isRequired: true },
      { name: "port", isRequired: false },
    ],
  },
  "/ops/report": { type: "Jobflow", parameters: [] },
  "/nodes": { type: "Directory" },
  "/nodes/web01": { type: "Server" },
  "/nodes/web-02.example.com": { type: "Server" },
  "/alerts": { type: "Channel" },
};

/** A small world for the checks: two flows, two servers, a channel. */
export const surroundings: Surroundings = {
  path: "/ops/flow",
  objectAt: (path) => objects[path] ?? null,
  namesBelow: (path) =>
    Object.keys(objects).flatMap((each) => {
      const directory = path === "/" ? "" : path;
      const name = each.slice(directory.length + 1);
      return each.startsWith(`${directory}/`) && name !== "" && !name.includes("/") ? name : [];
    }),
  typeNamed: (name) =>
    name === "Server"
      ? {
          fields: [
            { name: "host", kind: "string" },
            { name: "port", kind: "integer" },
          ],
        }
      : undefined,
  typeNames: ["Channel", "Directory", "Jobflow", "Server"],
};
