import type { z } from "zod";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { IntegrationServices } from "../integration-services.ts";
import { type IntegrationType, integrationTypes, type Provider } from "../provider-port.ts";

/** The provider of a type. @throws CulpritError INVALID_REQUEST for one that there is not. */
export function providerOf({ providers }: Pick<IntegrationServices, "providers">, type: string): Provider {
  const known = integrationTypes.find((one): one is IntegrationType => one === type);
  const provider = known === undefined ? undefined : providers.get(known);
  if (provider !== undefined) return provider;
  throw new CulpritError(
    "INVALID_REQUEST",
    `type: there is no integration ${JSON.stringify(type.slice(0, 50))}; there are ${[...providers.keys()].join(", ")}.`,
    { details: { field: "type" } },
  );
}

/**
 * What a person entered, as the provider's schema takes it.
 * @throws CulpritError INVALID_REQUEST naming the field, and never its value: it may be a secret.
 */
export function parseEntered<T>(schema: z.ZodType<T>, part: "config" | "credentials", entered: unknown): T {
  const result = schema.safeParse(entered);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = [part, ...(issue?.path ?? [])].map(String).join(".");
  throw new CulpritError("INVALID_REQUEST", `${field}: ${issue?.message ?? "is wrong"}.`, { details: { field } });
}
