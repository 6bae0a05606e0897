import { randomUUID } from "node:crypto";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { hasChdb, startChdb } from "../../../../test/clickhouse/start-chdb.ts";
import { telemetryConformance } from "../../domains/telemetry/telemetry-conformance.ts";
import { openClickHouseTelemetry } from "./open-clickhouse-telemetry.ts";

const kept = { keepDays: 14, rollup5mDays: 60, rollup1hDays: 400 };

describe.skipIf(!hasChdb)(
  "the real ClickHouse engine (chdb, in process, behind a small HTTP server of the test)",
  () => {
    telemetryConformance("ClickHouse", async (now) => {
      const server = await startChdb();
      const store = await openClickHouseTelemetry({
        ...{ url: server.url, now, ...kept },
        maySee: async (tenant, projectId) => tenant.projectId === projectId,
      });
      return {
        store,
        newProject: async () => randomUUID(),
        newIncident: async () => randomUUID(),
        close: async () => {
          await store.close();
          await server.stop();
        },
      };
    });
  },
);

test("a ClickHouse that is not there is an error at once that names its address and no password", async () => {
  const port = await closedPort();
  const opening = openClickHouseTelemetry({
    ...{ url: `http://culprit:hunter2@127.0.0.1:${port}/telemetry`, now: () => new Date(), ...kept },
    maySee: async () => true,
  });
  await expect(opening).rejects.toMatchObject({ code: "ENGINE_UNAVAILABLE" });
  await expect(opening).rejects.toThrow(`127.0.0.1:${port}`);
  await expect(opening).rejects.not.toThrow("hunter2");
});

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === "object" && address !== null ? address.port : 0;
}
