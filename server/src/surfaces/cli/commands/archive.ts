import { resolve } from "node:path";
import { type Archived, archiveIncidents } from "../../../platform/db/archive/archive-incidents.ts";
import { archivePartitions } from "../../../platform/db/archive/archive-partitions.ts";
import { type RestoredArchive, restoreArchive } from "../../../platform/db/archive/restore-archive.ts";
import { withMaintenanceLock } from "../../../platform/db/maintain/maintenance-lock.ts";
import { cutBefore } from "../../../platform/db/retention/delete-aged-rows.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import { archiveFolderOf } from "../../retention-of.ts";
import type { Command } from "../command.ts";

export const archive: Command = {
  name: "archive",
  summary: "Write old incidents to checked files, then delete them.",
  flags: {
    "older-than": {
      type: "string",
      doc: "Age since the last sign of life, like 90d or 12h; the retention of incidents unless said.",
    },
    to: { type: "string", doc: "Folder of the archives; the setting archiveDir unless said." },
    keep: { type: "boolean", doc: "Write and check only. A later run without it deletes what is archived." },
    json: { type: "boolean", doc: "Print JSON." },
  },
  positionals: [],
  async run(ctx, { flags }) {
    const days = parseAge(flags["older-than"], ctx.config.retentionIncidentDays);
    const folder = typeof flags.to === "string" ? resolve(flags.to) : archiveFolderOf(ctx.config);
    const { pool } = await ctx.openDatabase();
    const done = await withMaintenanceLock(pool, async () => {
      const options = { before: await cutBefore(pool, days), folder, isKept: flags.keep === true, progress: ctx.say };
      const incidents: Archived = await archiveIncidents(pool, options);
      const occurrences = await archivePartitions(pool, options);
      if (incidents.deleted > 0) await pool.query("analyze incidents, autopsy_results, incident_occurrences");
      return { ...incidents, occurrences };
    });
    if (done === null)
      throw new CulpritError(
        "CONFLICT",
        "Another process archives or maintains this database at the moment. Wait until it is done and run the command again.",
      );
    if (flags.json === true) ctx.print(JSON.stringify({ folder, ...done }));
    else {
      ctx.print(
        `archived ${done.archived} incidents to ${folder}, deleted ${done.deleted}, left ${done.left} that changed meanwhile`,
      );
      if (done.occurrences.files.length > 0)
        ctx.print(
          `archived ${done.occurrences.rows} occurrences of living incidents, dropped ${done.occurrences.partitions.length} partitions`,
        );
    }
    return 0;
  },
};

export const archiveRestore: Command = {
  name: "archive restore",
  summary: "Bring the incidents of an archive back, with all that hung on them.",
  flags: {
    incident: { type: "string", doc: "Only this one." },
    json: { type: "boolean", doc: "Print JSON." },
  },
  positionals: ["FILE"],
  async run(ctx, { flags, words: [file = ""] }) {
    const incident = typeof flags.incident === "string" ? fromPublicId("inc", flags.incident) : null;
    const database = await ctx.openDatabase();
    const done = await withMaintenanceLock(database.pool, () =>
      restoreArchive(database, file, { incident, progress: ctx.say }),
    );
    if (done === null)
      throw new CulpritError(
        "CONFLICT",
        "Another process archives or maintains this database at the moment. Wait until it is done and run the command again.",
      );
    if (flags.json === true) ctx.print(JSON.stringify(done));
    else ctx.print(restoredText(done));
    return 0;
  },
};

function restoredText({ file, incidents, existing, orphaned, rows, leftOut }: RestoredArchive): string[] {
  const left = Object.entries(leftOut).map(([table, count]) => `${count} of ${table}`);
  return [
    `restored ${incidents} incidents of ${file}, ${rows} rows in all`,
    ...(existing === 0 ? [] : [`${existing} were there already and stay as they are`]),
    ...(orphaned === 0 ? [] : [`${orphaned} belong to projects that are no more`]),
    ...(left.length === 0 ? [] : [`left out, because they are there or need what is gone: ${left.join(", ")}`]),
  ];
}

const UNIT_DAYS: Readonly<Record<string, number>> = { h: 1 / 24, d: 1, w: 7 };

function parseAge(text: string | boolean | undefined, otherwise: number): number {
  if (text === undefined && otherwise > 0) return otherwise;
  const [, amount, unit = ""] = /^(\d{1,5})([hdw])$/.exec(String(text)) ?? [];
  const days = Number(amount) * (UNIT_DAYS[unit] ?? Number.NaN);
  if (days > 0) return days;
  throw new CulpritError(
    "INVALID_REQUEST",
    text === undefined
      ? "Incidents are kept for ever here (retentionIncidentDays is 0). Say which to archive: --older-than 90d."
      : `--older-than is ${JSON.stringify(text)}; it must be a whole number above 0 with h, d or w behind it, like 90d.`,
    { details: { field: "older-than", provided: text } },
  );
}
