import { resolve } from "node:path";
import {
  type BaseManifest,
  type LogicalManifest,
  readBackupManifest,
} from "../../../platform/db/backup/copy-manifest.ts";
import { loadCopy } from "../../../platform/db/restore/load-copy.ts";
import { restoreBase } from "../../../platform/db/restore/restore-base.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { requeue } from "../../requeue.ts";
import type { Command, CommandContext } from "../command.ts";

type Flags = Readonly<Record<string, string | boolean | undefined>>;

export const restore: Command = {
  name: "restore",
  isFirst: true,
  summary: "Restore a backup: into an empty database, or --at a moment into a new folder.",
  flags: {
    replace: { type: "boolean", doc: "Delete all that Culprit has in the database first (a copy)." },
    at: {
      type: "string",
      doc: "The moment to restore, with its zone, like 2026-11-21T04:30:00Z; the end of the log unless said (a base backup).",
    },
    to: { type: "string", doc: "The new data folder (a base backup)." },
    wal: { type: "string", doc: "Where the archived log is, if not where the backup says (a base backup)." },
    json: { type: "boolean", doc: "Print JSON." },
  },
  positionals: ["FROM"],
  async run(ctx, { flags, words }) {
    const from = resolve(words[0] ?? "");
    const manifest = await readBackupManifest(from);
    const { answer, lines } =
      manifest.kind === "logical"
        ? await restoreLogical(ctx, from, manifest, flags)
        : await restoreFiles(ctx, from, manifest, flags);
    ctx.print(flags.json === true ? JSON.stringify(answer) : lines);
    return 0;
  },
};

async function restoreLogical(ctx: CommandContext, from: string, manifest: LogicalManifest, flags: Flags) {
  const wrong = ["at", "to", "wal"].find((name) => flags[name] !== undefined);
  if (wrong !== undefined)
    throw new CulpritError(
      "INVALID_REQUEST",
      `--${wrong} needs a base backup (culprit backup TO --base) and an archived log. ${from} is a copy: it shows ${manifest.snapshotAt} and goes into the database of the settings.`,
      { details: { field: wrong } },
    );
  const database = await ctx.openUnmigrated();
  const options = { isReplaced: flags.replace === true, log: ctx.log, progress: ctx.say };
  const loaded = await loadCopy(database.pool, from, manifest, options);
  const answer = { kind: manifest.kind, ...loaded, queued: await requeue(database, ctx.log) };
  return {
    answer,
    lines: [
      `restored ${answer.rows} rows of ${answer.tables} tables as of ${answer.snapshotAt}`,
      ...(answer.migrated.length === 0 ? [] : [`brought up to date: ${answer.migrated.join(", ")}`]),
      ...(answer.foreign.length === 0 ? [] : [`left out, not Culprit's: ${answer.foreign.join(", ")}`]),
      `${answer.queued.executions} unfinished executions and ${answer.queued.gates} projects with undecided incidents go on with the next start`,
    ],
  };
}

async function restoreFiles(ctx: CommandContext, from: string, manifest: BaseManifest, flags: Flags) {
  const text = (name: string) => (typeof flags[name] === "string" ? flags[name] : null);
  const to = text("to");
  if (to === null || flags.replace === true)
    throw new CulpritError(
      "INVALID_REQUEST",
      "A base backup is restored into a new folder, beside the old one: --to DIR (and no --replace).",
      { details: { field: "to" } },
    );
  const { recovered, next } = await restoreBase({
    ...{ from, manifest, to, at: text("at"), wal: text("wal") },
    path: ctx.readEnv("PATH"),
    progress: ctx.say,
  });
  const counts =
    recovered?.incidents == null ? "" : `, ${recovered.projects} projects and ${recovered.incidents} incidents`;
  return {
    answer: { kind: manifest.kind, at: text("at"), to: resolve(to), ...recovered, next },
    lines: [
      ...(recovered === null
        ? []
        : [
            `restored to ${text("at") ?? "the end of the log"} into ${recovered.data}${counts}; the newest transaction since the backup is of ${recovered.lastTransactionAt ?? "no time: there was none"}`,
          ]),
      next,
    ],
  };
}
