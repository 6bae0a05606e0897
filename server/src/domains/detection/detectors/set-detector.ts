import type { DetectorKind, DetectorView } from "@culprit/contract";
import { sql } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { newId } from "../../../platform/ids/ids.ts";
import { ExpressionError, parseExpression } from "../../workflow/index.ts";
import { builtInDetectors, type Detector, detectorOf } from "./built-in-detectors.ts";
import { type DetectorRow, newestDetectors, toView } from "./list-detectors.ts";

const OWN_MAX = 100;

export interface DetectorChange {
  readonly projectId: string;
  readonly name: string;
  readonly kind?: DetectorKind | undefined;
  readonly service?: string | undefined;
  readonly enabled?: boolean | undefined;
  /** What is to be otherwise than it stands. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly by: string;
}

/**
 * Sets a detector for a project, or for one service of it, as a further version; what is not named stays as it stands there, else for the
 * project, else as built in. The sentinel looks by it at its next look.
 * @throws ZodError for settings that its kind does not have; CulpritError INVALID_REQUEST for a condition that can't be read.
 */
export async function setDetector(scope: DatabaseScope, change: DetectorChange): Promise<DetectorView> {
  const { projectId, name, service = "", reason, by } = change;
  return scope.transaction(async (tx) => {
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`detectors ${projectId}`}, 0))`.execute(tx);
    const rows = await newestDetectors(tx, projectId);
    const before = standing(rows, name, service);
    const kind = change.kind ?? before?.kind;
    if (kind === undefined)
      throw new CulpritError("INVALID_REQUEST", `There is no detector ${name} yet: say of which kind it is.`, {
        details: { field: "kind" },
      });
    if (before !== undefined && before.kind !== kind)
      throw new CulpritError(
        "CONFLICT",
        `The detector ${name} is of the kind ${before.kind}. Give the other one another name.`,
      );
    if (before === undefined && rows.length >= OWN_MAX)
      throw new CulpritError("CONFLICT", `A project has at most ${OWN_MAX} settings of detectors.`);
    const merged = detectorOf(name, kind, change.enabled ?? before?.isEnabled ?? true, {
      ...before?.settings,
      ...change.settings,
    });
    checkCondition(merged);
    const { rows: written } = await sql<DetectorRow>`
      INSERT INTO detectors (detector_id, project_id, name, service, version, kind, is_enabled, settings, reason, set_by)
      SELECT ${newId()}::uuid, ${projectId}::uuid, ${name}, ${service}, coalesce(max(version), 0) + 1, ${kind}, ${merged.isEnabled}::boolean,
        ${JSON.stringify(merged.settings)}::jsonb, ${reason}, ${by}
      FROM detectors WHERE project_id = ${projectId} AND name = ${name} AND service = ${service}
      RETURNING name, kind, service, version, is_enabled, settings, set_by, reason, created_at`.execute(tx);
    const [row] = written;
    if (row === undefined) throw new Error(`the detector ${name} was not written`);
    return toView(row);
  });
}

function standing(rows: readonly DetectorRow[], name: string, service: string): Detector | undefined {
  const row =
    rows.find((one) => one.name === name && one.service === service) ??
    rows.find((one) => one.name === name && one.service === "");
  return row === undefined
    ? builtInDetectors.find((one) => one.name === name)
    : detectorOf(name, row.kind, row.is_enabled, row.settings);
}

function checkCondition(detector: Detector): void {
  if (detector.kind !== "custom") return;
  const { condition, series } = detector.settings;
  const refuse = (reason: string, cause?: unknown) =>
    new CulpritError("INVALID_REQUEST", `The condition can't be used: ${reason}.`, {
      details: { field: "settings.condition", provided: condition },
      cause,
    });
  try {
    const strange = parseExpression(condition).paths.find(({ root }) => !Object.hasOwn(series, root));
    if (strange !== undefined)
      throw refuse(`${strange.root} is none of its series (${Object.keys(series).join(", ")})`);
  } catch (error) {
    if (error instanceof ExpressionError) throw refuse(error.reason, error);
    throw error;
  }
}
