import type { CommitSummarizer, SchemaReader } from "../../domains/change/index.ts";
import type { IntegrationServices, OpenForge } from "../../domains/integration/index.ts";
import type { InvestigationDeps } from "../../domains/investigation/index.ts";
import type { AgentSetting, AutopsyDeps, Lint, PullRequestDeps, RepairDeps } from "../../domains/repair/index.ts";
import type { UpkeepDeps } from "../../domains/upkeep/index.ts";
import { defineAction } from "../../domains/workflow/index.ts";
import type { Database } from "../../platform/db/open-database.ts";
import type { HttpClient } from "../../platform/http-client/http-client.ts";
import type { Log } from "../../platform/log/log.ts";
import type { Queue } from "../../platform/queue/queue.ts";

/** What actions may use: the verbs' needs of every domain, handed in by compose.ts. */
export interface ActionServices
  extends Omit<InvestigationDeps, "database">,
    Omit<RepairDeps, "database">,
    Omit<PullRequestDeps, "database"> {
  readonly database: Database;
  readonly queue: Queue;
  readonly log: Log;
  readonly http: HttpClient;
  readonly integrations: IntegrationServices;
  readonly openForge: OpenForge;
  readonly lint: Lint;
  readonly schemaReader: SchemaReader;
  /** Null where no model is set up. */
  readonly summarizer: CommitSummarizer | null;
  readonly searchCode: AutopsyDeps["searchCode"];
  readonly autopsyModel: AutopsyDeps["autopsyModel"];
  readonly autopsySettings: AutopsyDeps["autopsySettings"];
  readonly upkeep: UpkeepDeps;
  readonly publicUrl: () => string;
  readonly settings: {
    readonly proof: "auto" | "off";
    readonly investigationsPerMinute: number;
    /** Null where none is set up. */
    readonly agent: AgentSetting | null;
  };
  readonly now: () => Date;
}

/** An action of the catalogue. One file each in this folder, its default export; `load-catalogue.ts` finds them. */
export const action = defineAction<ActionServices>();
