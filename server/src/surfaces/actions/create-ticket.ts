import { z } from "zod";
import { defuseMentions } from "../../analysis/pull-request/defuse-mentions.ts";
import { asPlainText } from "../../analysis/pull-request/plain-text.ts";
import { chooseTargets, type Message } from "../../domains/integration/index.ts";
import { action } from "./action-services.ts";
import { makeTicket } from "./shared/make-ticket.ts";
import { incidentMessage } from "./shared/tell.ts";

const priorities = { critical: 1, high: 2, medium: 3, low: 4 } as const;

export default action({
  name: "create_ticket",
  title: "Make a ticket",
  summary:
    "Makes a ticket in a tracker (Linear, Jira, GitHub issues): with a text of your own, or about the incident with what is known of it.",
  group: "people",
  input: z.strictObject({
    to: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe("Name or type of the tracker's integration. Left out: the first one that holds tickets."),
    title: z.string().max(500).default("").describe("The heading. Left out: the incident's."),
    description: z
      .string()
      .max(100_000)
      .default("")
      .describe("The text, in Markdown. Left out: what is known of the incident."),
    labels: z.array(z.string().min(1).max(100)).max(50).default([]).describe("Labels, as the tracker knows them."),
    assignees: z
      .array(z.string().min(1).max(255))
      .max(20)
      .default([])
      .describe("Who gets it, as the tracker knows them."),
    priority: z
      .number()
      .int()
      .min(0)
      .max(4)
      .optional()
      .describe("0 none, 1 urgent, 2 high, 3 medium, 4 low. Left out: by the incident's severity."),
    team: z
      .string()
      .max(100)
      .nullable()
      .default(null)
      .describe("The team or project in the tracker; its integration's own where left out."),
  }),
  output: z.object({
    ticket_id: z.string().describe("What the tracker calls it."),
    ticket_url: z.string().describe("Where it stands."),
    integration: z.string().describe("Through which integration it was made."),
  }),
  repeat: "lookup",
  async run(input, ctx, services) {
    const named = input.to === undefined ? [] : [input.to];
    const [target] = await chooseTargets(services.integrations, { projectId: ctx.projectId, named, can: "tickets" });
    if (target === undefined)
      throw new Error("The project has no integration that holds tickets. Connect Linear, Jira or GitHub.");
    const isWhole = input.title !== "" && input.description !== "";
    if (!isWhole && ctx.incidentId === null)
      throw new Error(
        "There is nothing to write: give title and description, or start this by an event of an incident.",
      );
    const about = ctx.incidentId === null ? null : await incidentMessage(ctx, services, null);
    const severity = about?.severity ?? null;
    const { id, url, integration } = await makeTicket(ctx, services, target, {
      key: "ticket",
      ticket: {
        title: input.title === "" ? (about?.title ?? "") : input.title,
        description: input.description === "" && about !== null ? textOf(about) : defuseMentions(input.description),
        labels: input.labels,
        assignees: input.assignees,
        priority: input.priority ?? (severity === null ? 0 : priorities[severity]),
        team: input.team,
      },
    });
    return { ticket_id: id, ticket_url: url, integration };
  },
});

/** What is known of an incident as a ticket's text. */
function textOf(about: Message): string {
  const fence = "```";
  return [
    defuseMentions(asPlainText(about.text, 2000)),
    about.fields.map(({ name, value }) => `- **${name}**: ${asPlainText(value)}`).join("\n"),
    ...about.sections.map(({ title, text, isCode }) =>
      isCode
        ? `### ${title}\n\n${fence}\n${text.replaceAll(fence, "'''")}\n${fence}`
        : `### ${title}\n\n${text
            .split("\n")
            .map((line) => asPlainText(line, 500))
            .join("  \n")}`,
    ),
    ...about.links.map(({ label, url }) => `[${label}](${url})`),
  ].join("\n\n");
}
