import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { expect, test } from "vitest";
import { writeBaseByTool } from "../../server/src/platform/db/backup/base-by-tool.ts";
import { type LogicalManifest, readBackupManifest } from "../../server/src/platform/db/backup/copy-manifest.ts";
import { writeCopy } from "../../server/src/platform/db/backup/write-copy.ts";
import { silentLog } from "../../server/src/platform/db/database-log.ts";
import { maintainDatabase } from "../../server/src/platform/db/maintain/maintain-database.ts";
import { migrateUp } from "../../server/src/platform/db/migrations/migrate-up.ts";
import { openDatabase } from "../../server/src/platform/db/open-database.ts";
import { grantReadonly } from "../../server/src/platform/db/readonly/grant-readonly.ts";
import { loadCopy } from "../../server/src/platform/db/restore/load-copy.ts";
import { readStats } from "../../server/src/platform/db/stats/read-stats.ts";
import { vacuumTables } from "../../server/src/platform/db/vacuum/vacuum-tables.ts";
import { fillIncidents } from "../database/fill-incidents.ts";
import { hasDebianPostgres, startDebianPostgres } from "../database/start-debian-postgres.ts";

const progress = () => undefined;

test.skipIf(!hasDebianPostgres)(
  "an owner who is no superuser can do all that needs none, and is told what does",
  async () => {
    const debian = await startDebianPostgres({ archive_mode: "on", archive_command: "true" });
    const folder = await mkdtemp(join(tmpdir(), "culprit-owner-"));
    const admin = new pg.Client(debian.url);
    await admin.connect();
    await admin.query(
      "create role app login; create role culprit_engine; create role culprit_tenant; grant culprit_engine, culprit_tenant to app",
    );
    await admin.query("create database app owner app");
    await admin.query("create database copy owner app");
    const open = (name: string) =>
      openDatabase(
        {
          kind: "url",
          url: debian.url.replace("/culprit?", `/${name}?`).replace("user=culprit", "user=app"),
          allowInsecure: false,
          pool: { size: 1 },
        },
        { log: silentLog },
      );
    const [database, copy] = [await open("app"), await open("copy")];
    try {
      const { pool } = database;
      await migrateUp({ pool, log: silentLog });
      const policy = {
        incidentDays: 90,
        executionLogDays: 30,
        telemetryDays: 14,
        rollup5mDays: 60,
        rollup1hDays: 400,
        eventIdDays: 7,
      };
      const maintain = () => maintainDatabase(database, policy, { folder: join(folder, "archives"), progress });
      await maintain();
      await fillIncidents(pool, { count: 3, ageDays: 100 });
      await fillIncidents(pool, { count: 2, ageDays: 1 });
      expect(await maintain()).toMatchObject({ incidents: { archived: 3, deleted: 3 } });
      expect((await readStats(pool)).tables.find(({ table }) => table === "incidents")).toBeDefined();
      await vacuumTables(pool, ["incidents"], progress);
      await writeCopy(pool, join(folder, "copy"), { culpritVersion: "0.1.0", progress });
      const manifest = (await readBackupManifest(join(folder, "copy"))) as LogicalManifest;
      await loadCopy(copy.pool, join(folder, "copy"), manifest, { isReplaced: false, log: silentLog, progress });
      expect((await copy.pool.query("select count(*)::int as n from incidents")).rows).toEqual([{ n: 2 }]);

      await expect(grantReadonly(pool, "reader")).rejects.toMatchObject({
        code: "FORBIDDEN",
        message: expect.stringContaining("CREATEROLE"),
      });
      await expect(
        writeBaseByTool(pool, debian.url, join(folder, "base"), { culpritVersion: "0", progress, env: {} }),
      ).rejects.toMatchObject({ code: "FORBIDDEN", message: expect.stringContaining("ALTER ROLE app REPLICATION") });
    } finally {
      await Promise.all([database.close(), copy.close(), admin.end()]);
      await debian.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
);
