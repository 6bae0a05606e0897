import { type Maintained, maintainDatabase } from "../../../platform/db/maintain/maintain-database.ts";
import { grantReadonly } from "../../../platform/db/readonly/grant-readonly.ts";
import { readStats } from "../../../platform/db/stats/read-stats.ts";
import { vacuumTables } from "../../../platform/db/vacuum/vacuum-tables.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { archiveFolderOf, retentionOf } from "../../retention-of.ts";
import type { Command, CommandContext } from "../command.ts";
import { bytesText, tableText } from "../format.ts";
import { statsText } from "../stats-text.ts";

const json = { json: { type: "boolean", doc: "Print JSON." } } as const;

export const dbStats: Command = {
  name: "db stats",
  summary: "Show the database: sizes, dead rows, indexes, connections, slow queries.",
  flags: json,
  positionals: [],
  async run(ctx, { flags }) {
    const { pool } = await ctx.openUnmigrated();
    const stats = await readStats(pool);
    ctx.print(flags.json === true ? JSON.stringify(stats) : statsText(stats));
    return 0;
  },
};

export const dbVacuum: Command = {
  name: "db vacuum",
  summary: "VACUUM ANALYZE tables, all of them unless named.",
  flags: json,
  positionals: ["[TABLE…]"],
  async run(ctx, { flags, words }) {
    const { pool } = await ctx.openDatabase();
    const tables = await vacuumTables(pool, words, ctx.say);
    if (flags.json === true) ctx.print(JSON.stringify({ tables }));
    else
      for (const line of tableText(
        ["table", " dead before", " after", " size before", " after", " ms"],
        tables.map((one) => [
          one.table,
          String(one.deadRowsBefore),
          String(one.deadRowsAfter),
          bytesText(one.bytesBefore),
          bytesText(one.bytesAfter),
          String(one.durationMs),
        ]),
      ))
        ctx.print(line);
    return 0;
  },
};

export const dbMaintain: Command = {
  name: "db maintain",
  summary: "Make partitions, apply retention, refresh views, ANALYZE. `culprit start` does it daily.",
  flags: json,
  positionals: [],
  async run(ctx, { flags }) {
    const database = await ctx.openDatabase();
    const telemetry = await ctx.openTelemetry();
    ctx.say("telemetry");
    // Before retention, which drops the points that are rolled up here.
    await telemetry.maintain(new Date()).finally(() => telemetry.close());
    const done = await maintainDatabase(database, retentionOf(ctx.config), {
      folder: archiveFolderOf(ctx.config),
      progress: ctx.say,
    });
    if (flags.json === true) ctx.print(JSON.stringify(done === null ? { isBusy: true } : { isBusy: false, ...done }));
    else if (done === null) ctx.print("Another process maintains this database at the moment; nothing was done here.");
    else for (const line of maintainedText(done, archiveFolderOf(ctx.config))) ctx.print(line);
    return 0;
  },
};

function maintainedText(done: Maintained, folder: string): string[] {
  const { incidents, occurrences, removed, refreshed } = done;
  const count = (partitions: number) => `${partitions} partition${partitions === 1 ? "" : "s"}`;
  return [
    `made ${count(done.madePartitions.length)} ahead`,
    incidents === null
      ? "incidents are kept for ever"
      : `archived ${incidents.archived} incidents to ${folder}, deleted ${incidents.deleted}, left ${incidents.left} that changed meanwhile`,
    ...(occurrences === null || occurrences.partitions.length === 0
      ? []
      : [`archived ${occurrences.rows} occurrences, dropped ${count(occurrences.partitions.length)}`]),
    ...removed.map(
      ({ table, rows, partitions }) => `${table}: deleted ${rows} rows, dropped ${count(partitions.length)}`,
    ),
    ...refreshed.map(({ view, wasConcurrent }) => `refreshed ${view}${wasConcurrent ? "" : ", readers waited"}`),
    `analyzed ${done.analyzed} tables`,
    `${(done.durationMs / 1000).toFixed(1)} s`,
  ];
}

export const dbGrantReadonly: Command = {
  name: "db grant-readonly",
  summary: "Let a database role read all but the secrets; makes the role where it is missing.",
  flags: {
    "password-env": {
      type: "string",
      doc: "Name of the variable that holds the password; one is made and printed unless said.",
    },
    ...json,
  },
  positionals: ["NAME"],
  async run(ctx, { flags, words }) {
    const { pool } = await ctx.openDatabase();
    const role = words[0] ?? "";
    const grant = await grantReadonly(pool, role, { password: readVariable(ctx, flags["password-env"]) });
    const { host, database } = pool.options;
    const connect =
      ctx.config.databaseUrl === ""
        ? `psql "host=${host} user=${role} dbname=${database}"`
        : `psql "host=${host} port=${pool.options.port ?? 5432} user=${role} dbname=${database}"`;
    if (flags.json === true) {
      ctx.print(JSON.stringify({ ...grant, connect }));
      return 0;
    }
    ctx.print(`${role} may read ${grant.readable.length} tables and views${grant.isNew ? " (a new role)" : ""}.`);
    ctx.print(`Not to be read: ${grant.withheld.join(", ")}.`);
    if (grant.generatedPassword !== null) ctx.print(`Password, shown this once: ${grant.generatedPassword}`);
    ctx.print(`Connect: ${connect}`);
    if (ctx.config.databaseUrl === "")
      ctx.say(
        "The embedded database listens on a Unix socket only, in a folder that the user who runs it (and root) may enter; it asks for no password there. It runs while Culprit runs.",
      );
    return 0;
  },
};

function readVariable(ctx: CommandContext, name: string | boolean | undefined): string | undefined {
  if (typeof name !== "string") return undefined;
  const value = ctx.readEnv(name);
  if (value !== undefined && value !== "") return value;
  throw new CulpritError(
    "INVALID_REQUEST",
    `The variable ${name} is not set or empty. Put the password into it, or leave out --password-env to get one made.`,
    { details: { field: "password-env", provided: name } },
  );
}
