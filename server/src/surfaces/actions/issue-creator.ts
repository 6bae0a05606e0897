import { z } from "zod";
import { action } from "./action-services.ts";
import { createIssues } from "./shared/create-issues.ts";
import { repositoryField } from "./shared/fields.ts";

const labels = z.array(z.string().min(1).max(100)).max(50).default([]);
const made = z.object({ id: z.string(), url: z.string(), title: z.string() });

export default action({
  name: "issue_creator",
  title: "Make issues and tickets",
  summary:
    "Makes issues on GitHub and tickets in Linear, comments on those about security and types, and tells the tools they are given to. What fails is listed; the rest goes on.",
  group: "pull_request",
  input: z.strictObject({
    github_issues: z
      .array(
        z.strictObject({
          title: z.string().min(1).max(500),
          body: z.string().max(100_000).default(""),
          labels,
          assignees: z.array(z.string().max(100)).max(10).default([]),
        }),
      )
      .max(50)
      .default([])
      .describe("Issues to make on GitHub."),
    linear_tickets: z
      .array(
        z.strictObject({
          title: z.string().min(1).max(500),
          description: z.string().max(100_000).default(""),
          labels,
          priority: z.number().int().min(0).max(4).default(3),
          team: z.string().max(100).nullable().default(null),
        }),
      )
      .max(50)
      .default([])
      .describe("Tickets to make in Linear."),
    ai_assignments: z
      .record(z.string().max(100), z.string().max(100))
      .default({})
      .describe(
        "Key of an issue (issue_1 …) to the tool it is given to: charlie, snyk, azure_sre, promptless, testim.",
      ),
    repository: repositoryField,
    create_github: z.boolean().default(true).describe("Make the issues."),
    create_linear: z.boolean().default(true).describe("Make the tickets."),
    notify_ai_tools: z
      .boolean()
      .default(true)
      .describe("Tell the tools, in Slack and, for charlie, on the Linear tickets."),
  }),
  output: z.object({
    github_issues_created: z.array(made.extend({ number: z.number() })),
    linear_tickets_created: z.array(made),
    ai_notifications_sent: z.array(z.object({ tool: z.string(), through: z.string(), issues: z.array(z.string()) })),
    errors: z.array(z.string()).describe("What failed, each in words."),
    success_count: z.number().int().describe("Issues and tickets that were made."),
  }),
  // The tools are told in Slack, which can be neither asked nor given a key.
  repeat: "atMostOnce",
  run: (input, ctx, services) => createIssues(input, ctx, services),
});
