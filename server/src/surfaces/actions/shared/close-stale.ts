import type { Forge, ForgeIssue } from "../../../domains/integration/index.ts";
import type { ActionContext } from "../../../domains/workflow/index.ts";
import { markerOf, markerText, outward } from "./outward.ts";

export interface StaleRules {
  readonly staleSince: Date;
  readonly closeSince: Date;
  readonly staleAfterDays: number;
  readonly closeAfterDays: number;
  readonly label: string;
  readonly exempt: readonly string[];
  readonly includePullRequests: boolean;
  readonly limit: number;
  readonly isDryRun: boolean;
}

/** In every comment by which something is marked: what was said after it is an answer. */
const markedBy = markerText("stale");
/** Issues that are looked at for each that may be acted on: exempt ones and pull requests come in between. */
const lookedAtFor = 5;

/** Marks, closes and revives, oldest first. Each issue is at most one comment and one change. */
export async function closeStale(ctx: ActionContext, forge: Forge, rules: StaleRules) {
  const done = { marked: [] as number[], closed: [] as number[], revived: [] as number[] };
  // What is marked was last touched by the marking, so it is looked for by the shorter time.
  const since = rules.closeSince > rules.staleSince ? rules.closeSince : rules.staleSince;
  const found = await forge.staleIssues(since, Math.min(500, rules.limit * lookedAtFor));
  for (const issue of found) {
    if (done.marked.length + done.closed.length >= rules.limit || ctx.signal.aborted) break;
    if (issue.isPullRequest && !rules.includePullRequests) continue;
    if (issue.labels.some((label) => rules.exempt.includes(label))) continue;
    if (!issue.labels.includes(rules.label)) {
      if (issue.updatedAt > rules.staleSince) continue;
      if (!rules.isDryRun) await mark(ctx, forge, issue, rules);
      done.marked.push(issue.number);
    } else if (issue.updatedAt <= rules.closeSince) {
      const isAnswered = await wasAnswered(forge, issue.number);
      if (!rules.isDryRun) await (isAnswered ? revive(ctx, forge, issue, rules) : close(ctx, forge, issue));
      (isAnswered ? done.revived : done.closed).push(issue.number);
    }
  }
  return done;
}

/** Whether somebody wrote after the newest mark. What was marked by hand has none, and silence since then is enough. */
async function wasAnswered(forge: Forge, number: number): Promise<boolean> {
  const comments = await forge.comments(number);
  const marked = comments.findLastIndex(({ body }) => body.includes(markedBy));
  return marked >= 0 && comments.slice(marked + 1).some(({ isBot }) => !isBot);
}

async function mark(ctx: ActionContext, forge: Forge, { number }: ForgeIssue, rules: StaleRules): Promise<void> {
  const body = `Nobody touched this for ${rules.staleAfterDays} days. It will be closed in ${rules.closeAfterDays} days, unless somebody says here that it still matters.\n\n${markedBy}`;
  await outward(ctx, {
    key: `mark:${number}`,
    kind: "comment",
    recipient: `${forge.repository}#${number}`,
    integrationId: forge.integrationId,
    request: { body, add: [rules.label] },
    repeat: "lookup",
    async send({ idempotencyKey }) {
      const made = await forge.postComment(number, body, markerOf(idempotencyKey));
      return { externalRef: made.id, response: { url: made.url } };
    },
    async find({ idempotencyKey }) {
      const made = await forge.findComment(number, markerOf(idempotencyKey));
      return made === null ? null : { externalRef: made.id, response: { url: made.url } };
    },
  });
  await relabel(ctx, forge, number, { add: [rules.label], remove: [] });
}

async function close(ctx: ActionContext, forge: Forge, { number }: ForgeIssue): Promise<void> {
  await outward(ctx, {
    key: `close:${number}`,
    kind: "issue",
    recipient: `${forge.repository}#${number}`,
    integrationId: forge.integrationId,
    request: { state: "closed", reason: "not_planned" },
    repeat: "idempotent",
    async send() {
      await forge.closeIssue(number, "not_planned");
      return { externalRef: String(number), response: {} };
    },
  });
}

function revive(ctx: ActionContext, forge: Forge, { number }: ForgeIssue, rules: StaleRules): Promise<void> {
  return relabel(ctx, forge, number, { add: [], remove: [rules.label] });
}

async function relabel(
  ctx: ActionContext,
  forge: Forge,
  number: number,
  change: { readonly add: readonly string[]; readonly remove: readonly string[] },
): Promise<void> {
  await outward(ctx, {
    key: `label:${number}`,
    kind: "label",
    recipient: `${forge.repository}#${number}`,
    integrationId: forge.integrationId,
    request: change,
    repeat: "idempotent",
    async send() {
      for (const label of change.remove) await forge.removeLabel(number, label);
      if (change.add.length > 0) await forge.addLabels(number, change.add);
      return { externalRef: null, response: {} };
    },
  });
}
