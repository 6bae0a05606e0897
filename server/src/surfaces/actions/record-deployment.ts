import { commitShaSchema, deploymentInputSchema, deployTypes } from "@culprit/contract";
import { z } from "zod";
import { recordDeployment } from "../../domains/change/index.ts";
import { toPublicId } from "../../platform/ids/ids.ts";
import { action } from "./action-services.ts";

export default action({
  name: "record_deployment",
  title: "Record a deployment",
  summary:
    "Puts a revision that began to run on the timeline of its service, as POST /api/deployments does: for webhooks of whatever deploys for you.",
  group: "data",
  input: z.strictObject({
    service: z.string().min(1).max(255).optional().describe("The service; left out, the project's only one."),
    environment: z.string().min(1).max(50).default("production").describe("Where it runs."),
    commit_sha: commitShaSchema.nullish().describe("The commit that runs, whole."),
    release: z.string().min(1).max(255).nullish().describe("Or the release: a tag, a version."),
    image_ref: z.string().min(1).max(1024).nullish().describe("Or the image."),
    deploy_type: z.enum(deployTypes).default("other").describe("What rolled it out."),
    deployment_id: z
      .string()
      .min(1)
      .max(255)
      .nullish()
      .describe("The platform's id: the same again is the same deployment."),
    started_at: z.iso.datetime({ offset: true }).optional().describe("When it began to run; now unless said."),
  }),
  output: z.strictObject({
    deployment_id: z.string(),
    commit: z.string().nullable().describe("The commit, as far as it is known."),
  }),
  repeat: "idempotent",
  async run(given, ctx, services) {
    const input = deploymentInputSchema.parse(given);
    const { deploymentEventId, commitSha, warning } = await recordDeployment(services, {
      projectId: ctx.projectId,
      input,
    });
    if (warning !== null) ctx.log("WARNING", warning);
    return { deployment_id: toPublicId("dep", deploymentEventId), commit: commitSha };
  },
});
