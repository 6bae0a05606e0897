import { z } from "zod";
import { defuseMentions } from "../../analysis/pull-request/defuse-mentions.ts";
import { action } from "./action-services.ts";
import { forgeOf, numberOf, pullRequestField, repositoryField } from "./shared/fields.ts";
import { outward } from "./shared/outward.ts";

const summaryMax = 64_000;

export default action({
  name: "set_check",
  title: "Set a check",
  summary:
    "Sets a check run with a summary in Markdown, on a commit or on the newest one of a pull request. Needs the GitHub App.",
  group: "pull_request",
  input: z.strictObject({
    pull_request_number: pullRequestField,
    repository: repositoryField,
    sha: z
      .string()
      .regex(/^[0-9a-f]{40,64}$/)
      .optional()
      .describe("The commit. Left out: the newest of the pull request."),
    name: z
      .string()
      .min(1)
      .max(100)
      .default("culprit")
      .describe("The check's name; the same name at a commit replaces it."),
    conclusion: z.enum(["success", "failure", "neutral"]).describe("How it ended."),
    title: z.string().min(1).max(255).describe("One line for people."),
    summary: z.string().max(1_000_000).default("").describe("The text below it, in Markdown."),
  }),
  output: z.object({
    sha: z.string().describe("The commit."),
    check_url: z.string().describe("Where it can be read."),
  }),
  repeat: "idempotent",
  async run(input, ctx, services) {
    const forge = await forgeOf(input, ctx, services);
    const sha = input.sha ?? (await forge.pullRequest(numberOf(input, ctx))).headSha;
    const { name, conclusion, title } = input;
    const check = { name, sha, conclusion, title, summary: defuseMentions(input.summary).slice(0, summaryMax) };
    const made = await outward(ctx, {
      key: `check:${sha}`,
      kind: "check",
      recipient: `${forge.repository}@${sha.slice(0, 12)}`,
      integrationId: forge.integrationId,
      request: check,
      repeat: "idempotent",
      async send() {
        const { id, url } = await forge.setCheck(check);
        return { externalRef: id, response: { url } };
      },
    });
    return { sha, check_url: String(made.response.url ?? "") };
  },
});
