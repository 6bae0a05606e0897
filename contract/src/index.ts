export * from "./change.ts";
export * from "./errors.ts";
export * from "./incident.ts";
export * from "./ingest.ts";
export * from "./project.ts";
export * from "./signal.ts";
