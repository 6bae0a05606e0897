import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { storeDelivery } from "../inbox/store-delivery.ts";
import type { IntegrationServices } from "../integration-services.ts";
import type { IncomingRequest } from "../provider-port.ts";
import { openGitHubApp } from "./github-app.ts";
import {
  changeRepositories,
  checkInstallationSoon,
  endInstallation,
  type InstalledIntegration,
  integrationsOfInstallation,
} from "./installations.ts";

/**
 * Takes a delivery of our app's webhook, which comes for all its installations: it is stored once for each integration of the
 * installation that it names, before the answer. What it says of the installation itself is done at once.
 * @returns how many integrations have it now for the first time.
 * @throws CulpritError NOT_FOUND for an app that there is not, WRONG_SIGNATURE for a wrong signature, MALFORMED_BODY.
 */
export async function receiveAppDelivery(
  services: IntegrationServices,
  { githubAppId, request }: { readonly githubAppId: string; readonly request: IncomingRequest },
): Promise<{ readonly stored: number; readonly integrations: number }> {
  const incoming = services.providers.get("github")?.incoming;
  if (incoming === undefined) throw new CulpritError("NOT_FOUND", "There is no GitHub integration in this Culprit.");
  const app = await openGitHubApp(services, githubAppId);
  const { http, now } = services;
  const credentials = { webhook_secret: app.secrets.webhookSecret };
  const verified = incoming.verify(request, { integrationId: "", projectId: "", config: {}, credentials, http, now });
  if (!verified.ok) {
    services.log.warn({ githubAppId, reason: verified.reason }, "a call with a wrong signature was refused");
    throw new CulpritError(
      "WRONG_SIGNATURE",
      "The signature of this call is missing or wrong: check that the secret of the webhook at the sender is the one that is set here.",
    );
  }
  const delivery = incoming.read(request);
  const installationId = numberAt(delivery.payload.installation, "id");
  if (installationId === null) return { stored: 0, integrations: 0 };
  const known = await integrationsOfInstallation(services.database, { githubAppId, installationId });
  const integrations = known.filter(({ isEnabled }) => isEnabled);
  let stored = 0;
  for (const integration of integrations) {
    const id = await storeDelivery(services.database, integration, delivery, request);
    if (id !== null) stored += 1;
  }
  await followInstallation(services, integrations, delivery.eventType, delivery.payload);
  return { stored, integrations: integrations.length };
}

/** What GitHub says of the installation: gone, suspended, back, or of other repositories. Doing it twice changes nothing. */
async function followInstallation(
  services: IntegrationServices,
  integrations: readonly InstalledIntegration[],
  eventType: string,
  payload: Readonly<Record<string, unknown>>,
): Promise<void> {
  const ids = integrations.map(({ id }) => id);
  const { action } = payload;
  if (eventType === "installation" && action === "deleted") {
    await endInstallation(services, ids, "The app was uninstalled on GitHub. Install it again at /github/setup.");
  } else if (eventType === "installation" && (action === "suspend" || action === "unsuspend")) {
    // It may come back, so it stays on; the check says that it is suspended, and when it no longer is.
    await checkInstallationSoon(services.database, ids);
  } else if (eventType === "installation_repositories") {
    const change = { added: namesAt(payload.repositories_added), removed: namesAt(payload.repositories_removed) };
    for (const id of ids) await changeRepositories(services.database, id, change);
  }
}

function numberAt(value: unknown, key: string): number | null {
  const found = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return typeof found === "number" && Number.isSafeInteger(found) ? found : null;
}

function namesAt(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: unknown) => {
    const name = typeof one === "object" && one !== null ? (one as Record<string, unknown>).full_name : undefined;
    return typeof name === "string" && /^[\w.-]+\/[\w.-]+$/.test(name) ? [name] : [];
  });
}
