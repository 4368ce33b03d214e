/** What crosses a wire, as schemas: REST, live updates, the job managers' protocol. Holds no behaviour. */
export * from "./check.ts";
export * from "./history.ts";
export * from "./permissions.ts";
export * from "./rest.ts";
export * from "./search.ts";
export * from "./status.ts";
export * from "./transfer.ts";
export * from "./job-manager.ts";
export * from "./tokens.ts";
