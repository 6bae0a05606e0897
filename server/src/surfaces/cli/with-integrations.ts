import { resolve } from "node:path";
import { type IntegrationServices, openGitHubAppFor } from "../../domains/integration/index.ts";
import { openHttpClient } from "../../platform/http-client/open-http-client.ts";
import { openQueue } from "../../platform/queue/queue.ts";
import { openSecretBox } from "../../platform/secrets/open-secret-box.ts";
import { withGitHub } from "../../vendors/providers.ts";
import { runningUrlOf } from "../public-url.ts";
import type { CommandContext } from "./command.ts";

/** Runs a command's work with the services of integrations, as a server of the same settings has them. */
export async function withIntegrations<T>(
  { config, log, openDatabase }: CommandContext,
  act: (services: IntegrationServices) => Promise<T>,
): Promise<T> {
  const database = await openDatabase();
  const secretBox = openSecretBox({ secret: config.secret, dataDir: resolve(config.dataDir) });
  const publicUrl = await runningUrlOf(config);
  const queue = await openQueue(database, log);
  try {
    return await act({
      database,
      queue,
      secretBox,
      log,
      http: openHttpClient({ allowPrivate: config.httpAllowPrivate }),
      providers: withGitHub((installation) => openGitHubAppFor({ database, secretBox }, installation)),
      publicUrl: () => publicUrl,
      storePolicy: { payloadsPerIncident: config.payloadsPerIncident },
      now: () => new Date(),
    });
  } finally {
    await queue.close(1000);
  }
}
