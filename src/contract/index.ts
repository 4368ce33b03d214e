/** What crosses a wire, as schemas: REST, live updates, the job managers' protocol. Holds no behaviour. */
export * from "./rest.ts";
export * from "./job-manager.ts";
