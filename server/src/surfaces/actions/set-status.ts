import { z } from "zod";
import { action } from "./action-services.ts";
import { forgeOf, numberOf, pullRequestField, repositoryField } from "./shared/fields.ts";
import { outward } from "./shared/outward.ts";

const descriptionMax = 140;

export default action({
  name: "set_status",
  title: "Set a commit status",
  summary: "Sets a status by which a merge can be blocked, on a commit or on the newest one of a pull request.",
  group: "pull_request",
  input: z.strictObject({
    pull_request_number: pullRequestField,
    repository: repositoryField,
    sha: z
      .string()
      .regex(/^[0-9a-f]{40,64}$/)
      .optional()
      .describe("The commit. Left out: the newest of the pull request."),
    context: z.string().min(1).max(100).default("culprit").describe("The status's name; the same name replaces it."),
    state: z
      .enum(["success", "failure", "pending"])
      .describe("How it stands; failure blocks where the branch requires it."),
    description: z.string().max(2000).default("").describe("One line for people; what is over 140 characters is cut."),
    url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe("Where more stands. Left out: this execution's page is not linked."),
  }),
  output: z.object({ sha: z.string().describe("The commit."), state: z.string().describe("As it was set.") }),
  repeat: "idempotent",
  async run(input, ctx, services) {
    const forge = await forgeOf(input, ctx, services);
    const sha = input.sha ?? (await forge.pullRequest(numberOf(input, ctx))).headSha;
    const line = input.description.replace(/\s+/g, " ").trim();
    const description = line.length > descriptionMax ? `${line.slice(0, descriptionMax - 1)}…` : line;
    const status = { context: input.context, sha, state: input.state, description, url: input.url ?? null };
    await outward(ctx, {
      key: `status:${sha}`,
      kind: "status",
      recipient: `${forge.repository}@${sha.slice(0, 12)}`,
      integrationId: forge.integrationId,
      request: status,
      repeat: "idempotent",
      async send() {
        await forge.setStatus(status);
        return { externalRef: null, response: {} };
      },
    });
    return { sha, state: input.state };
  },
});
