import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProject } from "../../server/src/domains/access/index.ts";
import { createIntegration, type IntegrationServices } from "../../server/src/domains/integration/index.ts";
import type { Who } from "../../server/src/platform/db/audit-log.ts";
import { openHttpClient } from "../../server/src/platform/http-client/open-http-client.ts";
import { createLog } from "../../server/src/platform/log/log.ts";
import { openQueue } from "../../server/src/platform/queue/queue.ts";
import { openSecretBox } from "../../server/src/platform/secrets/open-secret-box.ts";
import { providers } from "../../server/src/vendors/providers.ts";
import { SIGNATURE_HEADER, signBody } from "../../server/src/vendors/webhook/sign.ts";
import { createTestDatabase } from "../database/create-test-database.ts";

export const ada: Who = { type: "system", id: null, name: "ada" };
export const webhookSecret = "a-secret-that-both-sides-know";

/** The services of integrations on a database of their own, with the real HTTP client (local addresses allowed). */
export async function openIntegrationServices(): Promise<{
  readonly services: IntegrationServices;
  close(): Promise<void>;
}> {
  const test = await createTestDatabase();
  const log = createLog("silent");
  const queue = await openQueue(test.database, log);
  const dataDir = mkdtempSync(join(tmpdir(), "culprit-integration-"));
  const services: IntegrationServices = {
    database: test.database,
    queue,
    http: openHttpClient({ allowPrivate: "127.0.0.1" }),
    providers,
    secretBox: openSecretBox({ secret: "", dataDir }),
    log,
    publicUrl: () => "http://culprit.test",
    storePolicy: { payloadsPerIncident: 5 },
    now: () => new Date(),
  };
  return {
    services,
    close: async () => {
      await queue.close(1000);
      await test.drop();
      rmSync(dataDir, { recursive: true });
    },
  };
}

/** A project with one webhook integration, and how a delivery to it is signed. */
export async function openWebhook(
  services: IntegrationServices,
  { url, config = {}, projectId: given }: { url?: string; config?: object; projectId?: string } = {},
) {
  const projectId = given ?? (await createProject(services.database.db, { name: `p ${randomUUID()}` })).id;
  const credentials = { secret: webhookSecret, ...(url === undefined ? {} : { url }) };
  const request = { projectId, type: "webhook", name: `hook ${randomUUID()}`, config, credentials };
  const integrationId = await createIntegration(services, services.database, ada, request);
  const { rows } = await services.database.pool.query<{ webhook_token: string }>(
    "SELECT webhook_token FROM integrations WHERE id = $1",
    [integrationId],
  );
  return { projectId, integrationId, name: request.name, token: rows[0]?.webhook_token ?? "" };
}

/** A call of the generic webhook, signed now. */
export function signedCall(body: object, headers: Record<string, string> = {}) {
  const text = JSON.stringify(body);
  const signature = signBody(webhookSecret, text, new Date());
  return { headers: { ...headers, [SIGNATURE_HEADER]: signature }, query: {}, body: Buffer.from(text) };
}
