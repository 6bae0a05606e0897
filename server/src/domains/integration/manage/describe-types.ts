import type { IntegrationTypeDescription } from "@culprit/contract";
import { z } from "zod";
import type { IntegrationServices } from "../integration-services.ts";

/** Every integration that there is, with the JSON Schemas that a form is made of, by title. */
export function describeTypes({ providers }: Pick<IntegrationServices, "providers">): IntegrationTypeDescription[] {
  return [...providers.values()]
    .map((provider) => ({
      type: provider.type,
      title: provider.title,
      help: provider.help,
      config: jsonSchema(provider.config),
      credentials: jsonSchema(provider.credentials),
      is_incoming: provider.incoming !== undefined,
      is_outgoing: provider.outgoing !== undefined,
      has_tickets: provider.tickets !== undefined,
    }))
    .sort((a, b) => (a.title < b.title ? -1 : 1));
}

/** What a person enters, before defaults and transforms. */
function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  return { ...z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) };
}
