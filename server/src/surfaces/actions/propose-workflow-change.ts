import { createHash } from "node:crypto";
import { z } from "zod";
import { isWorkflowFile } from "../../domains/workflow/index.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { action } from "./action-services.ts";
import { outward } from "./shared/outward.ts";

export default action({
  name: "propose_workflow_change",
  title: "Propose a change of a workflow that the repository keeps",
  summary: "Opens a pull request with the file as it should be. The same text again is the same pull request.",
  group: "upkeep",
  input: z.strictObject({
    path: z.string().refine(isWorkflowFile, "is a file in .culprit/workflows").describe("The file."),
    text: z.string().min(1).max(1_000_000).describe("The whole file as it should be."),
    workflow: z.string().min(1).max(255).describe("The workflow's name, for the title."),
    by: z.string().max(255).default("somebody").describe("Who made the change."),
  }),
  output: z.object({
    pull_request_number: z.number().int(),
    pull_request_url: z.string(),
    branch: z.string(),
  }),
  repeat: "lookup",
  async run({ path, text, workflow, by }, ctx, services) {
    const forge = await services.openForge(ctx.projectId);
    const slug = workflow
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .slice(0, 40);
    const branch = `culprit/workflow-${slug}-${createHash("sha256").update(`${path}\n${text}`).digest("hex").slice(0, 8)}`;
    const title = `Change the workflow ${workflow}`;
    const made = await outward(ctx, {
      key: "proposal",
      kind: "pull_request",
      recipient: `${forge.repository} ${branch}`,
      integrationId: forge.integrationId,
      request: { path, branch, title },
      repeat: "lookup",
      async send({ idempotencyKey }) {
        const standing = await forge.findPullRequest(branch);
        if (standing !== null) return answerOf(standing);
        const base = await forge.defaultBranch();
        const tip = await forge.branchTip(base);
        if (tip === null) throw new CulpritError("CONFLICT", `${forge.repository} has no commit on ${base} yet.`);
        await forge.createBranch(branch, tip);
        await forge.putFile({ path, text, branch, message: title });
        const body = `${by} changed this workflow in Culprit. The repository is its source, so it runs as soon as this is merged.`;
        const pull = { title, body, head: branch, base, isDraft: false };
        return answerOf(await forge.createPullRequest(pull, idempotencyKey));
      },
      async find() {
        const standing = await forge.findPullRequest(branch);
        return standing === null ? null : answerOf(standing);
      },
    });
    const { number, url } = made.response;
    return { pull_request_number: Number(number), pull_request_url: String(url), branch };
  },
});

function answerOf({ number, url }: { readonly number: number; readonly url: string }) {
  return { externalRef: String(number), response: { number, url } };
}
