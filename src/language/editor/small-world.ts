import type { Surroundings, VisibleObject, VisibleType } from "../analysis/surroundings.ts";

/** A few objects around a flow at `/ops/restart`, for tests. */
export const smallWorld: Surroundings = worldOf("/ops/restart", {
  "/nodes": { type: "Directory" },
  "/nodes/web01": { type: "Server" },
  "/nodes/web02": { type: "Server" },
  "/nodes/web-03.example.com": { type: "Server" },
  "/notify": { type: "Directory" },
  "/notify/on_call": {
    type: "Jobflow",
    parameters: [
      { name: "text", isRequired: true },
      { name: "urgent", isRequired: false },
    ],
  },
  "/ops": { type: "Directory" },
  "/ops/restart": { type: "Jobflow" },
  "/ops/report": { type: "Jobflow", parameters: [{ name: "host", isRequired: true }] },
  "/ops/alerts": { type: "Channel" },
});

function worldOf(path: string, objects: Readonly<Record<string, VisibleObject>>): Surroundings {
  const types: Readonly<Record<string, VisibleType>> = {
    Server: {
      fields: [
        { name: "address", kind: "ip address", label: "Address", help: "Where it is reached." },
        { name: "status", kind: "choice", choices: ["up", "down"] },
      ],
    },
  };
  return {
    path,
    objectAt: (at) => (at === "/" ? { type: "Directory" } : (objects[at] ?? null)),
    namesBelow: (at) =>
      Object.keys(objects).flatMap((each) => {
        const directory = at === "/" ? "/" : `${at}/`;
        const name = each.slice(directory.length);
        return each.startsWith(directory) && !name.includes("/") ? name : [];
      }),
    typeNamed: (name) => types[name],
    typeNames: Object.keys(types),
  };
}
