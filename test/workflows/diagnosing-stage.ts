import type { MetricSample } from "@culprit/contract";
import { postgresTopology } from "../../server/src/domains/change/index.ts";
import { moveIncident } from "../../server/src/domains/incident/index.ts";
import {
  createRetrieval,
  exactVectors,
  HASHING_MODEL,
  hashingEmbedder,
} from "../../server/src/domains/investigation/index.ts";
import { openPostgresTelemetry, redNames, type TelemetryStore } from "../../server/src/domains/telemetry/index.ts";
import { syncBuiltins } from "../../server/src/domains/workflow/index.ts";
import { silentLog } from "../../server/src/platform/db/database-log.ts";
import { autopsyDeps } from "../repair/autopsy-setup.ts";
import { openStage, type Scene, type Stage } from "./workflow-stage.ts";

/** A stage whose incidents are investigated: with stores of its own database, and the built-in workflows. */
export interface DiagnosingStage extends Stage {
  /** What the service `cart` told in each of the last minutes, the newest first. */
  tell(scene: Scene, minutes: readonly { readonly requests: number; readonly errors: number }[]): Promise<void>;
  /** Opens an incident of `cart` that the gate lets through, and runs until it has its first answer. */
  openAnswered(scene: Scene): Promise<string>;
}

export async function openDiagnosingStage(): Promise<DiagnosingStage> {
  let telemetry: TelemetryStore | undefined;
  const stage = await openStage((database, now) => {
    telemetry = openPostgresTelemetry({ database, log: silentLog, now, keepDays: 14, isFolding: false });
    const retrieval = createRetrieval({
      ...{ database, index: exactVectors(database), embedders: () => hashingEmbedder(), localModel: HASHING_MODEL },
    });
    const { openRepository, searchCode, autopsyModel, autopsySettings } = autopsyDeps(database, null);
    return {
      ...{ telemetry, topology: postgresTopology(database), retrieval },
      ...{ openRepository, searchCode, autopsyModel, autopsySettings },
    };
  });
  await syncBuiltins(stage.bench.test.database, stage.bench.catalogue);
  return {
    ...stage,
    tell: async ({ projectId }, minutes) => {
      const of = { serviceKey: "default/production/cart", environment: "production", labels: {} } as const;
      const metrics = minutes.flatMap(({ requests, errors }, index): MetricSample[] => {
        const at = { ...of, kind: "delta", unit: "1", atMs: stage.now().getTime() - index * 60_000 - 1000 } as const;
        return [
          { ...at, metric: redNames.requests, value: requests },
          { ...at, metric: redNames.errors, value: errors },
        ];
      });
      await telemetry?.write([{ projectId, metrics, spans: [], logs: [] }]);
    },
    openAnswered: async (scene) => {
      const incidentId = await scene.openIncident({ title: "HTTP 500" });
      await moveIncident(stage.db, { incidentId, to: "triaged", reason: "a test" });
      await scene.settle();
      return incidentId;
    },
    close: async () => {
      await telemetry?.close();
      await stage.close();
    },
  };
}
