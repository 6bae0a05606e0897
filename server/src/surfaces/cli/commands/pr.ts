import { type IncidentPullRequests, type PullRequestSettings, pullRequestSettingsPatchSchema } from "@culprit/contract";
import { findIncident } from "../../../domains/incident/index.ts";
import { changePullRequestSettings, loadPullRequestSettings, loadPullRequests } from "../../../domains/repair/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId, toPublicId } from "../../../platform/ids/ids.ts";
import { openQueue } from "../../../platform/queue/queue.ts";
import { askForPullRequest } from "../../ask-for-pull-request.ts";
import { chooseProject, projectFlag } from "../choose-project.ts";
import type { Command } from "../command.ts";
import { atTerminal } from "../workflow-text.ts";

const jsonFlag = { json: { type: "boolean", doc: "Print JSON." } } as const;
const CLOSE_MS = 1000;

export const prOpen: Command = {
  name: "pr",
  summary: "Ask for a pull request with the proven patch of an incident. The server or a worker opens it.",
  flags: { outdated: { type: "boolean", doc: "Open it though the patch is of an earlier conclusion." } },
  positionals: ["INCIDENT"],
  async run(ctx, { flags, words: [named = ""] }) {
    const database = await ctx.openDatabase();
    const incident = await findIncident(database.db, fromPublicId("inc", named), null);
    const queue = await openQueue(database, ctx.log);
    try {
      const execution = await askForPullRequest(database, queue, {
        ...{ ...incident, by: atTerminal.name },
        outdated: flags.outdated === true,
      });
      ctx.print(toPublicId("exec", execution));
      ctx.say(`culprit pr show ${toPublicId("inc", incident.id)} tells what becomes of it.`);
    } finally {
      await queue.close(CLOSE_MS);
    }
    return 0;
  },
};

export const prShow: Command = {
  name: "pr show",
  summary: "Show the pull requests for an incident, and what was decided last.",
  flags: jsonFlag,
  positionals: ["INCIDENT"],
  async run(ctx, { flags, words: [named = ""] }) {
    const { db } = await ctx.openDatabase();
    const { id } = await findIncident(db, fromPublicId("inc", named), null);
    const found = await loadPullRequests(db, id);
    ctx.print(flags.json === true ? JSON.stringify(found) : pullRequestLines(toPublicId("inc", id), found));
    return 0;
  },
};

export const prSettings: Command = {
  name: "pr settings",
  summary: "Show what a project wants of pull requests, or change it: mode=auto daily_max=5 labels='[\"culprit\"]' …",
  flags: { ...projectFlag, ...jsonFlag },
  positionals: ["[SETTING=VALUE…]"],
  async run(ctx, { flags, words }) {
    const { db } = await ctx.openDatabase();
    const projectId = await chooseProject(db, flags.project);
    const settings =
      words.length === 0
        ? await loadPullRequestSettings(db, projectId)
        : await changePullRequestSettings(db, { projectId, change: readChange(words) });
    if (flags.json === true) ctx.print(JSON.stringify(settings));
    else for (const [name, value] of Object.entries(settings)) ctx.print(`${name.padEnd(20)} ${shown(value)}`);
    return 0;
  },
};

/** @throws CulpritError INVALID_REQUEST for what is no setting, or not its value. */
function readChange(words: readonly string[]) {
  const pairs = words.map((word) => {
    const at = word.indexOf("=");
    if (at < 1) throw new CulpritError("INVALID_REQUEST", `A setting is NAME=VALUE; it is ${JSON.stringify(word)}.`);
    return [word.slice(0, at), readValue(word.slice(at + 1))] as const;
  });
  const parsed = pullRequestSettingsPatchSchema.safeParse(Object.fromEntries(pairs));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CulpritError("INVALID_REQUEST", `${issue?.path.join(".") || "The settings"}: ${issue?.message}.`);
}

/** A list, a number or a yes by JSON; everything else is a text. */
function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function shown(value: PullRequestSettings[keyof PullRequestSettings]): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Pull requests for people, last what can be done next. */
export function pullRequestLines(
  incident: string,
  { mode, items, last_decision: last, blocked, outdated_reason: outdated }: IncidentPullRequests,
): string[] {
  const lines = items.map(
    ({ name, state, checks, reviews, url, check_error: error }) =>
      `${name}  ${state}  checks ${checks.state}  reviews ${reviews.state}  ${url}${error === null ? "" : `  (not read lately: ${error})`}`,
  );
  if (last !== null) lines.push(`${last.created_at}  ${last.outcome}: ${last.reason}`);
  if (blocked !== null) return [...lines, blocked];
  if (outdated !== null) lines.push(outdated);
  const flag = outdated === null ? "" : " --outdated";
  lines.push(`One can be opened (the project's mode is ${mode}): culprit pr ${incident}${flag}`);
  return lines;
}
