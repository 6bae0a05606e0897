import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { IntegrationServices } from "../integration-services.ts";

type Keeper = Pick<IntegrationServices, "secretBox">;

/** What credentials are bound to: a sealed text that is copied into another row does not open there. */
export const bindOf = (integrationId: string): string => `integration:${integrationId}`;

/** The sealed credentials; null where there are none. */
export function sealCredentials({ secretBox }: Keeper, integrationId: string, credentials: unknown): string | null {
  const text = JSON.stringify(credentials ?? {});
  return text === "{}" ? null : secretBox.seal(text, bindOf(integrationId));
}

/** @throws CulpritError SECRET_UNREADABLE that names the integration. */
export function openCredentials(
  { secretBox }: Keeper,
  { id, name, sealed }: { readonly id: string; readonly name: string; readonly sealed: string | null },
): Readonly<Record<string, unknown>> {
  if (sealed === null) return {};
  try {
    return JSON.parse(secretBox.open(sealed, bindOf(id))) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    if (!(cause instanceof CulpritError) || cause.code !== "SECRET_UNREADABLE") throw cause;
    throw new CulpritError(
      "SECRET_UNREADABLE",
      `The credentials of the integration ${JSON.stringify(name)} can't be decrypted: the key they were sealed with is gone. Enter them again, or put the old key back.`,
      { cause },
    );
  }
}
