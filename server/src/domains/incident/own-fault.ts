import type { Alert, Severity } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../platform/db/open-database.ts";
import type { DB } from "../../platform/db/tables.generated.ts";
import type { Queue } from "../../platform/queue/queue.ts";
import { houseProject } from "../access/index.ts";
import { type StoredAlert, storeAlerts } from "./store-alerts.ts";

/**
 * Faults of Culprit itself — an integration without a token, a backup that failed — are alerts that it sends to itself:
 * opened, joined, gated, shown and resolved as everybody's are. Their environment keeps them apart from those of a project.
 */
export const ownEnvironment = "culprit-itself";
const SENDER = "Culprit";
const KIND_LABEL = "culprit_fault";
const NAME_LABEL = "culprit_fault_of";
const policy = { payloadsPerIncident: 10 };

export interface OwnFaultDeps {
  readonly database: Database;
  readonly queue: Queue;
  readonly now?: () => Date;
}

/** Which fault: the same kind and fingerprint of one project is one incident. */
export interface OwnFaultName {
  /** Null: the installation's own, in the house project. */
  readonly projectId: string | null;
  /** `integration_unhealthy`, `backup_failed` … */
  readonly kind: string;
  /** Tells faults of one kind apart: the id of an integration, the name of a table. */
  readonly fingerprint: string;
}

export interface OwnFault extends OwnFaultName {
  readonly title: string;
  /** What is wrong and what to do, for people; no secrets. */
  readonly detail: string;
  readonly severity: Severity;
}

/** Opens an incident for a fault of Culprit's own, or counts it on the one that stands. One transaction of its own. */
export function reportOwnFault(deps: OwnFaultDeps, fault: OwnFault): Promise<StoredAlert> {
  return store(deps, fault, { status: "firing", ...fault });
}

/** Resolves the incident of a fault that is over; nothing where none stands. One transaction of its own. */
export function clearOwnFault(deps: OwnFaultDeps, fault: OwnFaultName): Promise<StoredAlert> {
  return store(deps, fault, { status: "resolved", title: fault.kind, detail: "", severity: "low" });
}

async function store(
  deps: OwnFaultDeps,
  { projectId, kind, fingerprint }: OwnFaultName,
  told: Pick<Alert, "status" | "title" | "severity"> & { readonly detail: string },
): Promise<StoredAlert> {
  const at = deps.now?.() ?? new Date();
  const alert: Alert = {
    status: told.status,
    fingerprint: `${kind} ${fingerprint}`,
    title: told.title,
    description: told.detail,
    severity: told.severity,
    service: "culprit",
    environment: ownEnvironment,
    startsAt: at,
    endsAt: told.status === "resolved" ? at : null,
    labels: { [KIND_LABEL]: kind, [NAME_LABEL]: fingerprint },
    url: null,
  };
  const delivery = {
    projectId: projectId ?? (await houseProject(deps.database.db)),
    sender: SENDER,
    deliveryKey: `${told.status} ${kind} ${fingerprint} ${at.toISOString()}`,
    alerts: [alert],
    // Partitions follow the database's clock, whatever clock the fault was found by.
    receivedAt: new Date(),
  };
  const [stored] = await storeAlerts(deps, delivery, policy);
  if (stored === undefined) throw new Error(`the fault ${kind} was neither stored nor resolved`);
  return stored;
}

/**
 * Has exactly these faults of one kind stand: reports them (with `isQuiet` only those that do not stand yet, for looks that
 * come often), and resolves those of that kind that stand and are not among them. A transaction each.
 */
export async function settleOwnFaults(
  deps: OwnFaultDeps,
  kind: string,
  faults: readonly Omit<OwnFault, "kind">[],
  { isQuiet = false } = {},
): Promise<void> {
  const standing = await listOwnFaults(deps.database.db, kind);
  const house = await houseProject(deps.database.db);
  const nameOf = (one: Pick<OwnFaultName, "projectId" | "fingerprint">) =>
    `${one.projectId ?? house} ${one.fingerprint}`;
  const known = new Set(standing.map(nameOf));
  for (const fault of faults) if (!isQuiet || !known.has(nameOf(fault))) await reportOwnFault(deps, { ...fault, kind });
  const found = new Set(faults.map(nameOf));
  for (const one of standing)
    if (!found.has(nameOf(one)))
      await clearOwnFault(deps, { projectId: one.projectId, kind, fingerprint: one.fingerprint });
}

/** A fault of Culprit's own that stands. */
export interface StandingOwnFault {
  readonly incidentId: string;
  readonly projectId: string;
  readonly isHouse: boolean;
  readonly kind: string;
  readonly fingerprint: string;
  readonly title: string;
  readonly detail: string;
  readonly severity: Severity;
  readonly status: string;
  readonly since: Date;
  readonly lastSeenAt: Date;
  readonly times: number;
}

const FAULTS_MAX = 500;

/** The faults of Culprit's own that stand and that the scope may see, newest first; all kinds unless one is named. */
export async function listOwnFaults(db: Kysely<DB>, kind?: string): Promise<StandingOwnFault[]> {
  const { rows } = await sql<StandingOwnFault>`
    SELECT i.id AS "incidentId", i.project_id AS "projectId", p.is_house AS "isHouse", i.title, i.error_message AS detail, i.severity,
      i.status, coalesce(o.kind, 'unknown') AS kind, coalesce(o.fingerprint, '') AS fingerprint,
      c.first_seen_at AS since, c.last_seen_at AS "lastSeenAt", c.occurrence_count AS times
    FROM incidents i JOIN projects p ON p.id = i.project_id
    JOIN incident_counters c ON c.incident_id = i.id
    LEFT JOIN LATERAL (
      SELECT payload #>> ${`{alert,labels,${KIND_LABEL}}`}::text[] AS kind, payload #>> ${`{alert,labels,${NAME_LABEL}}`}::text[] AS fingerprint
      FROM incident_occurrences
      WHERE incident_id = i.id AND payload IS NOT NULL ORDER BY received_at LIMIT 1
    ) o ON true
    WHERE i.environment = ${sql.lit(ownEnvironment)} AND i.status <> 'resolved' AND (${kind ?? null}::text IS NULL OR o.kind = ${kind ?? null})
    ORDER BY i.created_at DESC LIMIT ${FAULTS_MAX}`.execute(db);
  return rows;
}
