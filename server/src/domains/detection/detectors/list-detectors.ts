import type { DetectorKind, DetectorView } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { builtInDetectors, type Detector, detectorOf } from "./built-in-detectors.ts";

export interface DetectorRow {
  readonly name: string;
  readonly kind: DetectorKind;
  readonly service: string;
  readonly version: number;
  readonly is_enabled: boolean;
  readonly settings: unknown;
  readonly set_by: string;
  readonly reason: string;
  readonly created_at: Date;
}

/** The newest version of every detector that a project has set, by name and service. */
export async function newestDetectors(db: Kysely<DB>, projectId: string): Promise<readonly DetectorRow[]> {
  const { rows } = await sql<DetectorRow>`
    SELECT DISTINCT ON (name, service) name, kind, service, version, is_enabled, settings, set_by, reason, created_at
    FROM detectors WHERE project_id = ${projectId} ORDER BY name, service, version DESC`.execute(db);
  return rows;
}

/** All detectors of a project: those that it set, and the built-in ones that it did not. */
export async function listDetectors(db: Kysely<DB>, projectId: string): Promise<readonly DetectorView[]> {
  const rows = await newestDetectors(db, projectId);
  const unset = builtInDetectors.filter(({ name }) => !rows.some((row) => row.name === name && row.service === ""));
  const views = [...unset.map(builtInView), ...rows.map(toView)];
  return views.sort((a, b) => (a.name + (a.service ?? "") < b.name + (b.service ?? "") ? -1 : 1));
}

/** Which detectors look at a service, by its name: of each name the one set for the service, else the project's, else the built-in one. */
export async function loadDetectors(
  db: Kysely<DB>,
  projectId: string,
): Promise<(service: string) => readonly Detector[]> {
  const ofService = new Map<string, Map<string, Detector>>();
  const ofProject = new Map<string, Detector>(builtInDetectors.map((one) => [one.name, one]));
  for (const row of await newestDetectors(db, projectId)) {
    const detector = detectorOf(row.name, row.kind, row.is_enabled, row.settings);
    if (row.service === "") ofProject.set(row.name, detector);
    else ofService.set(row.service, (ofService.get(row.service) ?? new Map()).set(row.name, detector));
  }
  const enabled = (detectors: Iterable<Detector>) => [...detectors].filter(({ isEnabled }) => isEnabled);
  const common = enabled(ofProject.values());
  return (service) => {
    const own = ofService.get(service);
    return own === undefined ? common : enabled(new Map([...ofProject, ...own]).values());
  };
}

function builtInView({ name, kind, isEnabled, settings }: Detector): DetectorView {
  return {
    ...{ name, kind, service: null, version: 0, enabled: isEnabled, settings: { ...settings } },
    ...{ set_by: null, reason: null, created_at: null },
  };
}

/** With what was added to its kind since it was set. */
export function toView(row: DetectorRow): DetectorView {
  const { settings } = detectorOf(row.name, row.kind, row.is_enabled, row.settings);
  return {
    name: row.name,
    kind: row.kind,
    service: row.service === "" ? null : row.service,
    version: row.version,
    enabled: row.is_enabled,
    settings: { ...settings },
    set_by: row.set_by,
    reason: row.reason,
    created_at: row.created_at.toISOString(),
  };
}
