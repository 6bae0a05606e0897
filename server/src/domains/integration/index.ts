export type * from "./forge-port.ts";
export type { IntegrationServices } from "./integration-services.ts";
export { type Button, type ButtonVerb, buttonVerbs, type Message } from "./message.ts";
export * from "./provider-port.ts";
