import { migrateDown } from "../../../platform/db/migrations/migrate-down.ts";
import { migrateUp } from "../../../platform/db/migrations/migrate-up.ts";
import { migrationStatus } from "../../../platform/db/migrations/migration-status.ts";
import { newMigration } from "../../../platform/db/migrations/new-migration.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { Command } from "../command.ts";

const json = { json: { type: "boolean", doc: "Print JSON." } } as const;

export const migrateNew: Command = {
  name: "migrate new",
  summary: "Create an empty pair of migration files.",
  flags: {},
  positionals: ["NAME"],
  async run(ctx, { words }) {
    const { upFile, downFile } = await newMigration(words[0] ?? "", { now: new Date() });
    ctx.print([upFile, downFile]);
    return 0;
  },
};

export const migrateStatus: Command = {
  name: "migrate status",
  summary: "List the migrations and whether each is applied.",
  flags: json,
  positionals: [],
  async run(ctx, { flags }) {
    const { pool } = await ctx.openUnmigrated();
    const migrations = await migrationStatus({ pool });
    if (flags.json === true) ctx.print(JSON.stringify({ migrations }));
    else
      for (const { id, state, appliedAt } of migrations)
        ctx.print(`${state.padEnd(8)} ${appliedAt?.toISOString() ?? "".padEnd(24)} ${id}`);
    return migrations.every(({ state }) => state === "applied") ? 0 : 1;
  },
};

export const migrateUpCommand: Command = {
  name: "migrate up",
  isFirst: true,
  summary: "Apply what is pending. `culprit start` does it by itself.",
  flags: json,
  positionals: [],
  async run(ctx, { flags }) {
    const { pool } = await ctx.openUnmigrated();
    const applied = await migrateUp({ pool, log: ctx.log });
    ctx.print(
      flags.json === true ? JSON.stringify({ applied }) : applied.length === 0 ? "Nothing was pending." : applied,
    );
    return 0;
  },
};

export const migrateDownCommand: Command = {
  name: "migrate down",
  summary: "Undo the newest migration, with the data that it made room for.",
  flags: {
    steps: { type: "string", doc: "How many to undo; 1 unless said." },
    all: { type: "boolean", doc: "Undo all of them." },
    yes: { type: "boolean", doc: "Say that losing the data is meant." },
    ...json,
  },
  positionals: [],
  async run(ctx, { flags }) {
    const steps = Number(flags.steps ?? 1);
    if (!Number.isInteger(steps) || steps < 1)
      throw new CulpritError(
        "CONFIG_INVALID",
        `--steps is ${JSON.stringify(flags.steps)}; it must be a whole number from 1.`,
      );
    if (flags.yes !== true)
      throw new CulpritError("CONFIG_INVALID", "migrate down deletes data. Add --yes when that is meant.");
    const { pool } = await ctx.openUnmigrated();
    const undone = await migrateDown({ pool, log: ctx.log }, flags.all === true ? { all: true } : { steps });
    ctx.print(flags.json === true ? JSON.stringify({ undone }) : undone.length === 0 ? "Nothing was applied." : undone);
    return 0;
  },
};
