import { resolve } from "node:path";
import { writeCopy } from "../../../platform/db/backup/write-copy.ts";
import type { Command } from "../command.ts";
import { bytesText } from "../format.ts";

export const backup: Command = {
  name: "backup",
  summary: "Copy the database to a new folder, as it is in one moment.",
  flags: { json: { type: "boolean", doc: "Print JSON." } },
  positionals: ["TO"],
  async run(ctx, { flags, words }) {
    const to = resolve(words[0] ?? "");
    const { pool } = await ctx.openUnmigrated();
    const manifest = await writeCopy(pool, to, { culpritVersion: ctx.version, progress: ctx.say });
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    const bytes = manifest.tables.reduce((sum, table) => sum + table.bytes, 0);
    const answer = {
      to,
      kind: manifest.kind,
      snapshotAt: manifest.snapshotAt,
      tables: manifest.tables.length,
      rows,
      bytes,
    };
    ctx.print(
      flags.json === true
        ? JSON.stringify(answer)
        : `${to}: ${rows} rows of ${answer.tables} tables as of ${answer.snapshotAt}, ${bytesText(bytes)}`,
    );
    return 0;
  },
};
