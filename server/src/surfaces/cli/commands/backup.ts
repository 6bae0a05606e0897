import { resolve } from "node:path";
import type pg from "pg";
import { TOOL_VARIABLES, writeBaseByTool } from "../../../platform/db/backup/base-by-tool.ts";
import { writeBaseOfEmbedded } from "../../../platform/db/backup/base-of-embedded.ts";
import { writeCopy } from "../../../platform/db/backup/write-copy.ts";
import type { Command, CommandContext } from "../command.ts";
import { bytesText } from "../format.ts";

export const backup: Command = {
  name: "backup",
  summary: "Copy the database to a new folder, as it is in one moment.",
  flags: {
    base: {
      type: "boolean",
      doc: "Copy the server's files instead, from which the archived log leads to any later moment (restore --at).",
    },
    json: { type: "boolean", doc: "Print JSON." },
  },
  positionals: ["TO"],
  async run(ctx, { flags, words }) {
    const to = resolve(words[0] ?? "");
    const { pool } = await ctx.openUnmigrated();
    const { answer, text } = flags.base === true ? await base(ctx, pool, to) : await logical(ctx, pool, to);
    ctx.print(flags.json === true ? JSON.stringify(answer) : text);
    return 0;
  },
};

async function logical(ctx: CommandContext, pool: pg.Pool, to: string) {
  const { kind, snapshotAt, tables } = await writeCopy(pool, to, { culpritVersion: ctx.version, progress: ctx.say });
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  return {
    answer: { to, kind, snapshotAt, tables: tables.length, rows, bytes },
    text: `${to}: ${rows} rows of ${tables.length} tables as of ${snapshotAt}, ${bytesText(bytes)}`,
  };
}

async function base(ctx: CommandContext, pool: pg.Pool, to: string) {
  const env = Object.fromEntries(
    TOOL_VARIABLES.flatMap((name) => {
      const value = ctx.readEnv(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const options = { culpritVersion: ctx.version, progress: ctx.say, env };
  const { databaseUrl } = ctx.config;
  const { kind, finishedAt, firstWal, files, bytes } =
    databaseUrl === ""
      ? await writeBaseOfEmbedded(pool, to, options)
      : await writeBaseByTool(pool, databaseUrl, to, options);
  return {
    answer: { to, kind, finishedAt, firstWal, files, bytes },
    text: `${to}: ${files} files, ${bytesText(bytes)}. With the archived log from ${firstWal} on, any moment from ${finishedAt} can be restored.`,
  };
}
