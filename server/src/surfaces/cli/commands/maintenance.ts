import { type MaintenanceView, maintenanceInputSchema } from "@culprit/contract";
import { parseTopologyKey } from "../../../domains/change/index.ts";
import { announceMaintenance, endMaintenance, listMaintenance } from "../../../domains/detection/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import { chooseProject, projectFlag } from "../choose-project.ts";
import type { Command } from "../command.ts";
import { atTerminal } from "../workflow-text.ts";

export const maintenanceStart: Command = {
  name: "maintenance start",
  summary: "Announce a maintenance: what detectors, alerts and clusters tell of in it is suppressed, with its reason.",
  flags: {
    ...projectFlag,
    service: {
      type: "string",
      doc: "Only this service, by its name or the key that culprit topology prints; --service or --all has to be said.",
    },
    all: { type: "boolean", doc: "All services." },
    environment: { type: "string", doc: "Only this environment." },
    minutes: { type: "string", doc: "How long, from now or from --from (60)." },
    from: { type: "string", doc: "When it begins, as 2026-11-21T22:00:00Z; now where it is left out." },
    reason: { type: "string", doc: "What is being done." },
  },
  positionals: [],
  async run(ctx, { flags }) {
    const minutes = Number(flags.minutes ?? 60);
    const startsAt = typeof flags.from === "string" ? new Date(flags.from) : new Date();
    if (!(minutes > 0 && minutes <= 43_200) || Number.isNaN(startsAt.getTime()))
      throw new CulpritError("INVALID_REQUEST", "--minutes is a number from 1 to 43200, --from an instant.");
    const named = placeNamed(flags.service);
    const input = maintenanceInputSchema.parse({
      ...{ all: flags.service === undefined, reason: flags.reason },
      ...{ service: named.service, environment: flags.environment ?? named.environment },
      ends_at: new Date(startsAt.getTime() + minutes * 60_000).toISOString(),
    });
    if ((flags.all === true) === (input.service !== undefined))
      throw new CulpritError(
        "INVALID_REQUEST",
        "Say whom it concerns: --service NAME for one service, or --all for every service (of --environment, where that is said).",
      );
    const database = await ctx.openDatabase();
    const projectId = await chooseProject(database.db, flags.project);
    const { service, environment, reason } = input;
    const said = { projectId, service, environment, reason, startsAt, endsAt: new Date(input.ends_at) };
    const announced = await announceMaintenance(database, { ...said, by: atTerminal.name });
    ctx.print(line(announced));
    for (const hint of announced.hints ?? []) ctx.say(hint);
    return 0;
  },
};

export const maintenanceList: Command = {
  name: "maintenance list",
  summary: "Show the maintenance of a project, what comes and stands first.",
  flags: { ...projectFlag, json: { type: "boolean", doc: "Print JSON." } },
  positionals: [],
  async run(ctx, { flags }) {
    const { db } = await ctx.openDatabase();
    const items = await listMaintenance(db, await chooseProject(db, flags.project), new Date());
    if (flags.json === true) ctx.print(JSON.stringify({ items }));
    else for (const one of items) ctx.print(line(one));
    if (items.length === 0) ctx.say("No maintenance was announced.");
    return 0;
  },
};

export const maintenanceEnd: Command = {
  name: "maintenance end",
  summary: "End a maintenance now; what was suppressed in it and goes on is judged anew.",
  flags: projectFlag,
  positionals: ["MAINTENANCE"],
  async run(ctx, { flags, words: [publicId = ""] }) {
    const database = await ctx.openDatabase();
    const projectId = await chooseProject(database.db, flags.project);
    const windowId = fromPublicId("mnt", publicId);
    ctx.print(line(await endMaintenance(database, { projectId, windowId, now: new Date() })));
    return 0;
  },
};

/** A key says the environment too, unless it is of a cluster: then its middle is a namespace. */
function placeNamed(named: string | boolean | undefined) {
  const place = typeof named === "string" ? parseTopologyKey(named) : null;
  if (place?.kind !== "service") return { service: named, environment: undefined };
  return { service: place.name, environment: place.cluster === "default" ? place.namespace : undefined };
}

function line({ id, service, environment, starts_at, ends_at, reason, is_standing }: MaintenanceView): string {
  const where = [service ?? "all services", environment === null ? null : `in ${environment}`]
    .filter(Boolean)
    .join(" ");
  return `${id}  ${where}, ${starts_at} to ${ends_at}${is_standing ? " (now)" : ""}: ${reason}`;
}
