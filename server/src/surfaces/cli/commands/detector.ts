import { type DetectorView, detectorInputSchema, detectorNameSchema } from "@culprit/contract";
import { z } from "zod";
import { listDetectors, setDetector, tellStates } from "../../../domains/detection/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { chooseProject, projectFlag } from "../choose-project.ts";
import type { Command, CommandContext } from "../command.ts";
import { tableText } from "../format.ts";
import { atTerminal } from "../workflow-text.ts";

const jsonFlag = { json: { type: "boolean", doc: "Print JSON." } } as const;

export const detectorList: Command = {
  name: "detector list",
  summary: "Show what is looked for in telemetry, with its settings.",
  flags: { ...projectFlag, ...jsonFlag },
  positionals: [],
  async run(ctx, { flags }) {
    const database = await ctx.openDatabase();
    const projectId = await chooseProject(database.db, flags.project);
    const detectors = await listDetectors(database.db, projectId);
    const telemetry = await ctx.openTelemetry();
    const of = { projectId, now: new Date() };
    const items = await tellStates(database, telemetry, of, detectors).finally(() => telemetry.close());
    print(ctx, items, flags.json === true);
    return 0;
  },
};

export const detectorSet: Command = {
  name: "detector set",
  summary: "Set a detector for the project, or for one of its services; the sentinel looks by it within seconds.",
  flags: {
    ...projectFlag,
    ...jsonFlag,
    service: { type: "string", doc: "Only for this service." },
    kind: { type: "string", doc: "Of a detector of your own: custom, error_rate_spike, p99_regression …" },
    settings: { type: "string", doc: "What is to be otherwise, as JSON." },
    on: { type: "boolean", doc: "Switch it on." },
    off: { type: "boolean", doc: "Switch it off." },
    reason: { type: "string", doc: "Why; it stands beside the version." },
  },
  positionals: ["NAME"],
  async run(ctx, { flags, words: [word = ""] }) {
    if (flags.on === true && flags.off === true)
      throw new CulpritError("INVALID_REQUEST", "Say --on or --off, not both.");
    const { name } = z.object({ name: detectorNameSchema }).parse({ name: word });
    const input = detectorInputSchema.parse({
      ...{ kind: flags.kind, service: flags.service, reason: flags.reason },
      enabled: flags.on === true ? true : flags.off === true ? false : undefined,
      settings: parseSettings(flags.settings),
    });
    const database = await ctx.openDatabase();
    const projectId = await chooseProject(database.db, flags.project);
    const by = atTerminal.name;
    const set = await setDetector(database, { ...input, projectId, name, by });
    print(ctx, [set], flags.json === true);
    return 0;
  },
};

function parseSettings(text: string | boolean | undefined): unknown {
  if (typeof text !== "string") return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CulpritError("INVALID_REQUEST", `--settings is no JSON: ${text.slice(0, 200)}`, { cause });
  }
}

function print(ctx: CommandContext, items: readonly DetectorView[], isJson: boolean): void {
  if (isJson) {
    ctx.print(JSON.stringify({ items }));
    return;
  }
  const rows = items.map(({ name, kind, service, version, enabled, settings, state, state_reason }) => [
    ...[
      name,
      kind,
      service ?? "(all)",
      stateText({ enabled, state, state_reason }),
      version === 0 ? "built in" : String(version),
    ],
    Object.entries(settings)
      .map(([key, value]) => `${key}=${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
      .join(" "),
  ]);
  for (const line of tableText(["NAME", "KIND", "SERVICE", "STATE", "VERSION", "SETTINGS"], rows)) ctx.print(line);
}

/** `on (watching)`, `on (learning: 12 of 30 minutes of p99 …)`, `off`. */
function stateText({ enabled, state, state_reason }: Pick<DetectorView, "enabled" | "state" | "state_reason">): string {
  if (!enabled) return "off";
  return state === undefined ? "on" : `on (${state}${state_reason == null ? "" : `: ${state_reason}`})`;
}
