import { defuseMentions } from "../../../analysis/pull-request/defuse-mentions.ts";
import { chooseTargets, commentTicket, type Forge, type Message } from "../../../domains/integration/index.ts";
import { type ActionContext, EffectStopped } from "../../../domains/workflow/index.ts";
import type { ActionServices } from "../action-services.ts";
import { forgeOf } from "./fields.ts";
import { makeTicket } from "./make-ticket.ts";
import { markerOf, outward } from "./outward.ts";
import { tell } from "./tell.ts";

interface Asked {
  readonly github_issues: readonly {
    readonly title: string;
    readonly body: string;
    readonly labels: readonly string[];
    readonly assignees: readonly string[];
  }[];
  readonly linear_tickets: readonly {
    readonly title: string;
    readonly description: string;
    readonly labels: readonly string[];
    readonly priority: number;
    readonly team: string | null;
  }[];
  readonly ai_assignments: Readonly<Record<string, string>>;
  readonly repository?: string | undefined;
  readonly create_github: boolean;
  readonly create_linear: boolean;
  readonly notify_ai_tools: boolean;
}
interface Made {
  readonly id: string;
  readonly url: string;
  readonly title: string;
}

/** What is said on issues of these labels, as documented. */
const labelComments: readonly { readonly label: RegExp; readonly comment: string }[] = [
  {
    label: /security/i,
    comment:
      "This is about security: keep details out of public places until it is mended, and have the fix reviewed by whoever owns security.",
  },
  {
    label: /typescript|^types?$/i,
    comment: "This is about types: `tsc --noEmit` shows it, and shows that it is mended.",
  },
];
const knownTools = new Set(["charlie", "snyk", "azure_sre", "promptless", "testim"]);

/** Makes all that was asked, one after the other; what fails is an entry of `errors`, and the rest goes on. */
export async function createIssues(asked: Asked, ctx: ActionContext, services: ActionServices) {
  const errors: string[] = [];
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      // The switch, or another worker: it holds for all that follows.
      if (error instanceof EffectStopped || ctx.signal.aborted) throw error;
      errors.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  };
  const github: (Made & { readonly number: number })[] = [];
  if (asked.create_github && asked.github_issues.length > 0) {
    const forge = await attempt("GitHub", () => forgeOf(asked, ctx, services));
    for (const [index, issue] of forge === null ? [] : asked.github_issues.entries()) {
      const made =
        forge === null ? null : await attempt(`GitHub issue ${index + 1}`, () => makeIssue(ctx, forge, index, issue));
      if (made === null || forge === null) continue;
      github.push(made);
      for (const { label, comment } of labelComments)
        if (issue.labels.some((one) => label.test(one)))
          await attempt(`Comment on #${made.number}`, () => commentIssue(ctx, forge, made.number, comment));
    }
  }
  const linear = await makeLinear(asked, ctx, services, attempt);
  const notified = asked.notify_ai_tools ? await tellTools(asked, ctx, services, { github, linear }, attempt) : [];
  return {
    github_issues_created: github,
    linear_tickets_created: linear.map(({ id, url, title }) => ({ id, url, title })),
    ai_notifications_sent: notified,
    errors,
    success_count: github.length + linear.length,
  };
}

type Attempt = <T>(what: string, work: () => Promise<T>) => Promise<T | null>;

async function makeIssue(ctx: ActionContext, forge: Forge, index: number, issue: Asked["github_issues"][number]) {
  const asked = { ...issue, body: defuseMentions(issue.body) };
  const answerOf = (made: { readonly id: string; readonly url: string; readonly number: number }) => ({
    externalRef: String(made.number),
    response: { ...made },
  });
  const { response } = await outward(ctx, {
    key: `issue:${index}`,
    kind: "issue",
    recipient: forge.repository,
    integrationId: forge.integrationId,
    request: asked,
    repeat: "lookup",
    send: async ({ idempotencyKey }) => answerOf(await forge.createIssue(asked, markerOf(idempotencyKey))),
    async find({ idempotencyKey }) {
      const found = await forge.findIssue(markerOf(idempotencyKey));
      return found === null ? null : answerOf(found);
    },
  });
  return { id: String(response.id), url: String(response.url), number: Number(response.number), title: issue.title };
}

async function commentIssue(ctx: ActionContext, forge: Forge, number: number, comment: string): Promise<void> {
  const answerOf = (made: { readonly id: string; readonly url: string }) => ({
    externalRef: made.id,
    response: { url: made.url },
  });
  await outward(ctx, {
    key: `comment:${number}:${comment.slice(0, 40)}`,
    kind: "comment",
    recipient: `${forge.repository}#${number}`,
    integrationId: forge.integrationId,
    request: { body: comment },
    repeat: "lookup",
    send: async ({ idempotencyKey }) => answerOf(await forge.postComment(number, comment, markerOf(idempotencyKey))),
    async find({ idempotencyKey }) {
      const found = await forge.findComment(number, markerOf(idempotencyKey));
      return found === null ? null : answerOf(found);
    },
  });
}

async function makeLinear(asked: Asked, ctx: ActionContext, services: ActionServices, attempt: Attempt) {
  const made: (Made & { readonly integrationId: string })[] = [];
  if (!asked.create_linear || asked.linear_tickets.length === 0) return made;
  const targets = await attempt("Linear", () =>
    chooseTargets(services.integrations, { projectId: ctx.projectId, named: ["linear"], can: "tickets" }),
  );
  const target = targets?.[0];
  if (target === undefined) return made;
  for (const [index, ticket] of asked.linear_tickets.entries()) {
    const done = await attempt(`Linear ticket ${index + 1}`, () =>
      makeTicket(ctx, services, target, {
        key: `ticket:${index}`,
        ticket: { ...ticket, description: defuseMentions(ticket.description), assignees: [] },
      }),
    );
    if (done !== null) made.push({ id: done.id, url: done.url, title: ticket.title, integrationId: target.id });
  }
  return made;
}

/** Tells each tool in Slack what it is given, and charlie on the tickets too. */
async function tellTools(
  asked: Asked,
  ctx: ActionContext,
  services: ActionServices,
  {
    github,
    linear,
  }: { readonly github: readonly Made[]; readonly linear: readonly (Made & { readonly integrationId: string })[] },
  attempt: Attempt,
) {
  const all = [...github, ...linear];
  const byTool = new Map<string, Made[]>();
  for (const [key, tool] of Object.entries(asked.ai_assignments)) {
    const issue = all[Number(/_(\d+)$/.exec(key)?.[1] ?? 0) - 1];
    if (issue === undefined || !knownTools.has(tool)) continue;
    byTool.set(tool, [...(byTool.get(tool) ?? []), issue]);
  }
  const sent: { tool: string; through: string; issues: string[] }[] = [];
  if (byTool.size === 0) return sent;
  const targets = await attempt("Slack", () =>
    chooseTargets(services.integrations, { projectId: ctx.projectId, named: ["slack"], can: "outgoing" }),
  );
  for (const [tool, issues] of byTool) {
    const scoped: ActionContext = {
      ...ctx,
      effect: (effect) => ctx.effect({ ...effect, key: `${tool}:${effect.key}` }),
    };
    const told = await tell(scoped, services, targets ?? [], {
      messageOf: async () => messageFor(tool, issues),
      service: null,
      isUpdate: false,
    });
    for (const { integration } of told.sent)
      sent.push({ tool, through: integration, issues: issues.map(({ url }) => url) });
    for (const { integration, error } of told.failed)
      await attempt(`${tool} through ${integration}`, () => Promise.reject(error));
    if (tool !== "charlie") continue;
    for (const ticket of linear) {
      const done = await attempt(`charlie on ${ticket.id}`, () =>
        commentTicket(services.integrations, scoped, {
          integrationId: ticket.integrationId,
          key: `ticket:${ticket.id}`,
          externalRef: ticket.id,
          markdown: "@charlie please take this one.",
        }),
      );
      if (done !== null) sent.push({ tool, through: "linear", issues: [ticket.url] });
    }
  }
  return sent;
}

function messageFor(tool: string, issues: readonly Made[]): Message {
  return {
    title: `For ${tool}: ${issues.length} ${issues.length === 1 ? "issue" : "issues"}`,
    severity: null,
    tone: "neutral",
    text: issues.map(({ title, url }) => `- ${title}: ${url}`).join("\n"),
    fields: [],
    sections: [],
    links: issues.slice(0, 5).map(({ title, url }) => ({ label: title.slice(0, 60), url })),
    buttons: [],
  };
}
