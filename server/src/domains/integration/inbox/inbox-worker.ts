import { sql } from "kysely";
import { KeyedWorker } from "../../../platform/keyed-worker/keyed-worker.ts";
import type { IntegrationServices } from "../integration-services.ts";
import { isDue } from "./claim-deliveries.ts";
import { INBOX_CHANNEL } from "./inbox-limits.ts";
import { processInbox } from "./process-inbox.ts";

/** Keeps working on what came in for all integrations, each by itself, so that a slow one holds up no other. */
export class InboxWorker extends KeyedWorker {
  constructor(services: IntegrationServices) {
    const { database, log, now } = services;
    super(
      { database, log },
      {
        channel: INBOX_CHANNEL,
        what: "deliveries",
        atOnce: Number.POSITIVE_INFINITY,
        findKeys: async () => {
          const { rows } = await sql<{ integration_id: string }>`
            SELECT DISTINCT integration_id FROM integration_events e
            WHERE status IN ('pending', 'processing') AND ${isDue("e", now())}`.execute(database.db);
          return rows.map(({ integration_id }) => integration_id);
        },
        work: async (integrationId, signal) => {
          while (!signal.aborted && (await processInbox(services, integrationId)) > 0);
        },
      },
    );
  }
}
