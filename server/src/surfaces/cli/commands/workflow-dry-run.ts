import type { DryRun } from "@culprit/contract";
import { dryRun } from "../../../domains/workflow/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { loadCatalogue } from "../../actions/load-catalogue.ts";
import { runningUrlOf } from "../../public-url.ts";
import { chooseProject, projectFlag } from "../choose-project.ts";
import type { Command } from "../command.ts";
import { tableText } from "../format.ts";
import { readWorkflowFile } from "../workflow-text.ts";

const EVENTS_MAX = 500;

export const workflowDryRun: Command = {
  name: "workflow dry-run",
  summary: "Hold a workflow file against past events: which would have run it, which not and why. Runs nothing.",
  flags: {
    ...projectFlag,
    events: { type: "string", doc: `How many of the newest events, at most ${EVENTS_MAX}; 50 unless said.` },
    json: { type: "boolean", doc: "Print JSON." },
  },
  positionals: ["FILE"],
  async run(ctx, { flags, words }) {
    const [file = ""] = words;
    const text = readWorkflowFile(file);
    const last = countOf(flags.events);
    const database = await ctx.openDatabase();
    const projectId = await chooseProject(database.db, flags.project);
    const answer = await dryRun(database, {
      ...{ projectId, written: { text }, actions: await loadCatalogue(), events: { last } },
      ...{ publicUrl: await runningUrlOf(ctx.config), now: new Date() },
    });
    if (flags.json === true) ctx.print(JSON.stringify(answer));
    else for (const line of dryRunText(answer)) ctx.print(line);
    return 0;
  },
};

function countOf(flag: string | boolean | undefined): number {
  if (flag === undefined) return 50;
  const count = Number(flag);
  if (Number.isInteger(count) && count >= 1 && count <= EVENTS_MAX) return count;
  throw new CulpritError(
    "INVALID_REQUEST",
    `--events is ${JSON.stringify(flag)}; say a number from 1 to ${EVENTS_MAX}.`,
    {
      details: { field: "events", provided: flag },
    },
  );
}

function dryRunText({ workflow, results, schedules, ...counts }: DryRun): string[] {
  const shown = results.filter(({ outcome }) => outcome !== "not_concerned");
  const rows = shown.map((one) => [
    one.created_at.slice(0, 19),
    one.event_type,
    one.outcome === "would_run" ? "would run" : "would not run",
    one.reason,
  ]);
  const times = schedules.map(
    ({ cron, timezone, next }) => `${cron} (${timezone}) is next due at ${next.join(", ") || "no time at all"}`,
  );
  return [
    ...(rows.length === 0 ? [] : tableText(["event at", "type", "outcome", "why"], rows)),
    ...times,
    `${workflow}: ${counts.would_run} of ${results.length} events would run it, ${counts.would_not_run} would not, ${counts.not_concerned} do not concern it.`,
  ];
}
