import { readFileSync } from "node:fs";
import {
  type GateHistoryReply,
  type GatePolicy,
  gateHistorySchema,
  gatePolicyInputSchema,
  gatePolicyMoveSchema,
  gatePolicySchema,
  incidentDecisionInputSchema,
} from "@culprit/contract";
import { z } from "zod";
import { findPolicy, listPolicies, movePolicy, tryOnHistory, writePolicy } from "../../../domains/detection/index.ts";
import { decideIncident, type HandDecision, listIncidents } from "../../../domains/incident/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import { chooseProject, projectFlag } from "../choose-project.ts";
import type { Command, CommandContext } from "../command.ts";
import { tableText } from "../format.ts";
import { atTerminal } from "../workflow-text.ts";

const jsonFlag = { json: { type: "boolean", doc: "Print JSON." } } as const;
const LISTED = 100;

export const gateList: Command = {
  name: "gate list",
  summary: "Show the versions of the gate's policy, and which of them decides.",
  flags: { ...projectFlag, ...jsonFlag },
  positionals: [],
  async run(ctx, { flags }) {
    const { db } = await ctx.openDatabase();
    const items = await listPolicies(db, await chooseProject(db, flags.project));
    if (flags.json === true) {
      ctx.print(JSON.stringify({ items }));
      return 0;
    }
    const rows = items.map(({ version, status, reason, set_by }) => [
      ...[version === 0 ? "0 (built in)" : String(version), status, set_by ?? "–", reason],
    ]);
    for (const line of tableText(["VERSION", "STATUS", "BY", "REASON"], rows)) ctx.print(line);
    const active = items.find(({ status }) => status === "active");
    ctx.print(JSON.stringify(active?.policy, null, 2).split("\n"));
    return 0;
  },
};

export const gateTry: Command = {
  name: "gate try",
  summary:
    "Tell what a policy would have approved and suppressed in the last days: a version, or a file that is no version yet.",
  flags: { ...projectFlag, ...jsonFlag, days: { type: "string", doc: "How many days back (14)." } },
  positionals: ["VERSION_OR_FILE"],
  async run(ctx, { flags, words: [named = ""] }) {
    const { days } = gateHistorySchema.parse(typeof flags.days === "string" ? { days: Number(flags.days) } : {});
    const { db } = await ctx.openDatabase();
    const projectId = await chooseProject(db, flags.project);
    const policy = /^\d+$/.test(named) ? (await findPolicy(db, projectId, Number(named))).policy : readPolicy(named);
    printHistory(ctx, await tryOnHistory(db, { projectId, policy, days, now: new Date() }), flags.json === true);
    return 0;
  },
};

export const gateWrite: Command = {
  name: "gate write",
  summary: "Store a further version of the policy from a JSON file, as a draft that decides nothing yet.",
  flags: { ...projectFlag, ...jsonFlag, reason: { type: "string", doc: "Why." } },
  positionals: ["FILE"],
  async run(ctx, { flags, words: [file = ""] }) {
    const input = gatePolicyInputSchema.parse({ policy: readPolicy(file), reason: flags.reason });
    const database = await ctx.openDatabase();
    const projectId = await chooseProject(database.db, flags.project);
    const written = await writePolicy(database, { ...input, projectId, by: atTerminal.name });
    if (flags.json === true) ctx.print(JSON.stringify(written));
    else ctx.print(`Version ${written.version} is written.`);
    ctx.say(`Try it: culprit gate try ${written.version}`);
    return 0;
  },
};

export const gateUse: Command = {
  name: "gate use",
  summary: "Let a version decide (active), decide beside the active one without effect (shadow), or no more (retired).",
  flags: { ...projectFlag, as: { type: "string", doc: "active, shadow or retired; active where it is left out." } },
  positionals: ["VERSION"],
  async run(ctx, { flags, words: [version = ""] }) {
    const { as: status } = z.object({ as: gatePolicyMoveSchema.shape.status }).parse({ as: flags.as ?? "active" });
    if (!/^\d+$/.test(version)) throw new CulpritError("INVALID_REQUEST", `${JSON.stringify(version)} is no version.`);
    const database = await ctx.openDatabase();
    const projectId = await chooseProject(database.db, flags.project);
    await movePolicy(database, { projectId, version: Number(version), status });
    ctx.print(`Version ${version} is ${status}.`);
    return 0;
  },
};

export const gateSuppressed: Command = {
  name: "gate suppressed",
  summary: "Show what the gate, or somebody, suppressed, newest first, with the reason.",
  flags: { ...projectFlag, ...jsonFlag },
  positionals: [],
  async run(ctx, { flags }) {
    const { db } = await ctx.openDatabase();
    const projectId = await chooseProject(db, flags.project);
    const { incidents } = await listIncidents(db, { projectId, status: "suppressed", limit: LISTED });
    if (flags.json === true) {
      ctx.print(JSON.stringify({ incidents }));
      return 0;
    }
    for (const { id, title, suppressed_reason: reason } of incidents)
      ctx.print([`${id}  ${title}`, `  ${reason ?? ""}`]);
    if (incidents.length === 0) ctx.say("Nothing is suppressed.");
    return 0;
  },
};

const decisionFlags = {
  ...projectFlag,
  reason: { type: "string", doc: "Why; it stands on the decision." },
  json: { type: "boolean", doc: "Print the decision as JSON." },
} as const;

export const gateApprove: Command = {
  name: "gate approve",
  summary: "Approve an incident that was suppressed, or that waits: it is investigated.",
  flags: decisionFlags,
  positionals: ["INCIDENT"],
  run: (ctx, input) => decide(ctx, input, "approved"),
};

export const gateSuppress: Command = {
  name: "gate suppress",
  summary:
    "Suppress an incident: nobody looks into it any more, until it is approved. The gate does not judge it again.",
  flags: decisionFlags,
  positionals: ["INCIDENT"],
  run: (ctx, input) => decide(ctx, input, "suppressed"),
};

async function decide(
  ctx: CommandContext,
  { flags, words: [publicId = ""] }: Parameters<Command["run"]>[1],
  decision: HandDecision["decision"],
): Promise<number> {
  const { reason } = incidentDecisionInputSchema.parse({ reason: flags.reason });
  const database = await ctx.openDatabase();
  // An incident's id says which it is; a project that is named has to be its own.
  const projectId = flags.project === undefined ? null : await chooseProject(database.db, flags.project);
  const asked = { incidentId: fromPublicId("inc", publicId), projectId, decision, reason };
  const actor = { type: "integration" as const, id: atTerminal.name };
  const decided = await database.transaction((tx) => decideIncident(tx, { ...asked, actor }));
  ctx.print(flags.json === true ? JSON.stringify({ id: publicId, ...decided }) : `${publicId} is ${decision}.`);
  return 0;
}

function readPolicy(file: string): GatePolicy {
  try {
    return gatePolicySchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    if (cause instanceof SyntaxError || (cause as NodeJS.ErrnoException).code === "ENOENT")
      throw new CulpritError("INVALID_REQUEST", `${file} is no policy: ${(cause as Error).message}`, { cause });
    throw cause;
  }
}

function printHistory(ctx: CommandContext, history: GateHistoryReply, isJson: boolean): void {
  if (isJson) {
    ctx.print(JSON.stringify(history));
    return;
  }
  const { incidents, days, approved, suppressed, by_rule, differences, differences_count } = history;
  ctx.print(`${incidents} incidents of ${days} days: ${approved} approved, ${suppressed} suppressed.`);
  for (const [rule, count] of Object.entries(by_rule)) ctx.print(`  ${rule}: ${count}`);
  ctx.print(`${differences_count} decided otherwise than they were.`);
  for (const { incident_id, title, actual, decision, rationale } of differences)
    ctx.print([`${incident_id}  ${title}`, `  was ${actual}, would be ${decision}: ${rationale}`]);
}
