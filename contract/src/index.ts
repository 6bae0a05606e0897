export * from "./change.ts";
export * from "./errors.ts";
export * from "./ingest.ts";
export * from "./signal.ts";
