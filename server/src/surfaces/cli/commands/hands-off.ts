import type { HandsOff } from "@culprit/contract";
import { clearHandsOff, type HandsOffScope, listHandsOff, setHandsOff } from "../../../domains/integration/index.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { chooseProject } from "../choose-project.ts";
import type { Command } from "../command.ts";
import { atTerminal } from "../workflow-text.ts";

const scopeFlags = {
  project: { type: "string", doc: "Only this project: its id or its name; all of Culprit without it." },
  service: { type: "string", doc: "Only this service of the project." },
} as const;

export const handsOffOn: Command = {
  name: "hands-off on",
  summary: "Stop every outward effect at once: everywhere, or for a project or a service.",
  flags: { ...scopeFlags, reason: { type: "string", doc: "Why; people read it where something was stopped." } },
  positionals: [],
  async run(ctx, { flags }) {
    const { reason } = flags;
    if (typeof reason !== "string" || reason.trim() === "")
      throw new CulpritError("INVALID_REQUEST", 'Say why: culprit hands-off on --reason "…"');
    const database = await ctx.openDatabase();
    ctx.print(line(await setHandsOff(database, atTerminal, { ...(await scopeOf(database, flags)), reason })));
    return 0;
  },
};

export const handsOffOff: Command = {
  name: "hands-off off",
  summary: "Let effects go out again. Say the same --project and --service as when it was set.",
  flags: scopeFlags,
  positionals: [],
  async run(ctx, { flags }) {
    const database = await ctx.openDatabase();
    ctx.print(line(await clearHandsOff(database, atTerminal, await scopeOf(database, flags))));
    return 0;
  },
};

export const handsOffStatus: Command = {
  name: "hands-off status",
  summary: "Show which hands-off switches stand.",
  flags: { json: { type: "boolean", doc: "Print JSON." } },
  positionals: [],
  async run(ctx, { flags }) {
    const { db } = await ctx.openDatabase();
    const { items } = await listHandsOff(db, { projectId: null, state: "standing", limit: 100 });
    if (flags.json === true) ctx.print(JSON.stringify({ items }));
    else for (const one of items) ctx.print(line(one));
    if (items.length === 0) ctx.say("No hands-off switch stands: effects go out.");
    return 0;
  },
};

async function scopeOf(
  { db }: Database,
  flags: Readonly<Record<string, string | boolean | undefined>>,
): Promise<HandsOffScope> {
  const projectId = flags.project === undefined ? null : await chooseProject(db, flags.project);
  return { projectId, service: typeof flags.service === "string" ? flags.service : null };
}

function line({ project_id: project, service, reason, set_by, set_at, cleared_at }: HandsOff): string {
  const where = project === null ? "all of Culprit" : service === null ? project : `${service} of ${project}`;
  return cleared_at === null
    ? `Hands off ${where}, said ${set_by} at ${set_at}: ${reason}`
    : `Effects go out again for ${where}.`;
}
