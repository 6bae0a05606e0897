import type { CheckFinding, Operations } from "@culprit/contract";
import { sql } from "kysely";
import type { Database } from "../../platform/db/open-database.ts";
import { toPublicId } from "../../platform/ids/ids.ts";
import { houseProject } from "../access/index.ts";
import { listOwnFaults } from "../incident/index.ts";
import { deadManState } from "./dead-man.ts";
import { listRuns } from "./list-runs.ts";
import { listSchedules } from "./list-schedules.ts";
import { queueState } from "./queue-state.ts";

/** What only the process knows. */
export interface ProcessFacts {
  readonly version: string;
  readonly startedAt: Date;
  readonly isEmbedded: boolean;
  readonly replicaLagMaxMs: number;
  readonly deadman: { readonly isOn: boolean; readonly everyS: number };
}

const BACKUPS_SHOWN = 10;

/** How the installation stands: database, replica, queue, schedules, backups, the newest check, own faults, dead-man signal. */
export async function readOperations(database: Database, facts: ProcessFacts): Promise<Operations> {
  const [house, server, queue, schedules, backups, checks, faults, deadman] = await Promise.all([
    houseProject(database.db),
    sql<{ name: string; version: string; bytes: number }>`
      SELECT current_database() AS name, current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes`.execute(
      database.db,
    ),
    queueState(database),
    listSchedules(database),
    listRuns(database.db, { kind: "backup", limit: BACKUPS_SHOWN }),
    listRuns(database.db, { kind: "check", limit: 5 }),
    listOwnFaults(database.db),
    deadManState(database),
  ]);
  const check = checks.items.find(({ status }) => status === "completed");
  const { name = "", version = "", bytes = 0 } = server.rows[0] ?? {};
  return {
    version: facts.version,
    started_at: facts.startedAt.toISOString(),
    house_project_id: toPublicId("proj", house),
    database: { name, version, bytes, is_embedded: facts.isEmbedded },
    replica: replicaReply(database, facts),
    queue: {
      waiting: { ...queue.waiting },
      pending_executions: queue.pendingExecutions,
      running_executions: queue.runningExecutions,
      waiting_executions: queue.waitingExecutions,
      oldest_due_s: queue.oldestDueS === null ? null : Math.round(queue.oldestDueS),
      events_waiting: queue.eventsWaiting,
      deliveries_unsettled: queue.deliveriesUnsettled,
    },
    schedules,
    backups: backups.items.map(({ id, status, started_at, finished_at, details, error_message }) => ({
      ...{ id, status, started_at, finished_at, error_message },
      folder: typeof details.folder === "string" ? details.folder : null,
      rows: typeof details.rows === "number" ? details.rows : null,
      bytes: typeof details.bytes === "number" ? details.bytes : null,
      is_verified: details.isVerified === true,
      is_pruned: details.isPruned === true,
    })),
    last_check: check === undefined ? null : { run: check, findings: (check.details.findings ?? []) as CheckFinding[] },
    faults: faults.map((fault) => ({
      incident_id: toPublicId("inc", fault.incidentId),
      ...{ kind: fault.kind, title: fault.title, detail: fault.detail, severity: fault.severity, status: fault.status },
      project_id: fault.isHouse ? null : toPublicId("proj", fault.projectId),
      ...{ since: fault.since.toISOString(), last_seen_at: fault.lastSeenAt.toISOString(), times: fault.times },
    })),
    deadman: {
      is_on: facts.deadman.isOn,
      last_sent_at: deadman.lastSentAt?.toISOString() ?? null,
      withheld_reason: facts.deadman.isOn ? deadman.withheldReason : null,
      every_s: facts.deadman.everyS,
    },
  };
}

function replicaReply({ replica }: Database, { replicaLagMaxMs }: ProcessFacts): Operations["replica"] {
  if (replica === null)
    return {
      ...{ state: "off", reason: null, lag_ms: null, lag_max_ms: replicaLagMaxMs, checked_at: null },
      ...{ reads: 0, fallbacks: 0 },
    };
  const { status, reason, lagMs, lagMaxMs, checkedAt, reads, fallbacks } = replica.use;
  return {
    ...{ state: status, reason, lag_ms: lagMs, lag_max_ms: lagMaxMs, reads, fallbacks },
    checked_at: checkedAt?.toISOString() ?? null,
  };
}
