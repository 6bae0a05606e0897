import { resolve } from "node:path";
import { readBackupManifest } from "../../../platform/db/backup/copy-manifest.ts";
import { loadCopy } from "../../../platform/db/restore/load-copy.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { requeue } from "../../requeue.ts";
import type { Command } from "../command.ts";

export const restore: Command = {
  name: "restore",
  summary: "Restore a backup into an empty database.",
  flags: {
    replace: { type: "boolean", doc: "Delete all that Culprit has in the database first." },
    json: { type: "boolean", doc: "Print JSON." },
  },
  positionals: ["FROM"],
  async run(ctx, { flags, words }) {
    const from = resolve(words[0] ?? "");
    const manifest = await readBackupManifest(from);
    if (manifest.kind === "base") throw new CulpritError("INVALID_REQUEST", "base");
    const database = await ctx.openUnmigrated();
    const options = { isReplaced: flags.replace === true, log: ctx.log, progress: ctx.say };
    const done = {
      ...(await loadCopy(database.pool, from, manifest, options)),
      queued: await requeue(database, ctx.log),
    };
    ctx.print(
      flags.json === true
        ? JSON.stringify(done)
        : `restored ${done.rows} rows of ${done.tables} tables as of ${done.snapshotAt}; ${done.queued.executions} unfinished executions go on with the next start`,
    );
    return 0;
  },
};
