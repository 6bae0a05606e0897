import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { CulpritError } from "../../errors/culprit-error.ts";
import { silentLog } from "../database-log.ts";
import { openDatabase } from "../open-database.ts";

/** A file system of its own that can be filled; null where this user may not mount one. */
function mountSmallDisk(sizeMb: number): string | null {
  const folder = mkdtempSync("/tmp/culprit-disk-");
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${sizeMb}m`, "tmpfs", folder], { stdio: "ignore" });
    chmodSync(folder, 0o711);
    return folder;
  } catch {
    rmdirSync(folder);
    return null;
  }
}

const disk = mountSmallDisk(160);
afterAll(() => {
  if (disk === null) return;
  execFileSync("umount", ["--lazy", disk]);
  rmdirSync(disk);
});

test.skipIf(disk === null)(
  "a full disk gives DATABASE_UNAVAILABLE, and writing resumes by itself when there is room, with nothing acknowledged lost",
  async () => {
    const folder = disk ?? "";
    const database = await openDatabase({ kind: "embedded", dataDir: folder }, { log: silentLog });
    const acknowledged: number[] = [];
    let fault: unknown = null;
    try {
      await database.pool.query("create table ledger (id int primary key, payload text)");
      const { bavail, bsize } = statfsSync(folder);
      const ballast = join(folder, "ballast");
      writeFileSync(ballast, Buffer.alloc(bavail * bsize - 6_000_000));
      const write = async (id: number): Promise<void> => {
        await database.pool.query(
          "insert into ledger select $1::int, string_agg(md5(n::text || $1::int), '') from generate_series(1, 3000) n",
          [id],
        );
        acknowledged.push(id);
      };
      for (let id = 1; fault === null && id < 1_000; id++) await write(id).catch((error) => (fault = error));
      expect(fault).toBeInstanceOf(CulpritError);
      expect(fault).toMatchObject({ code: "DATABASE_UNAVAILABLE" });

      rmSync(ballast);
      await vi.waitFor(() => write(10_000), { timeout: 40_000, interval: 100 });
      const { rows } = await database.pool.query<{ id: number }>("select id from ledger where length(payload) = 96000");
      const stored = new Set(rows.map(({ id }) => id));
      expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    } finally {
      await database.close();
    }
  },
);
