import { z } from "zod";
import { incidentReviewText } from "../../analysis/pull-request/incident-review-text.ts";
import { fileDiffOf, reviewAgainstIncidents } from "../../domains/investigation/index.ts";
import { action } from "./action-services.ts";
import { forgeOf, numberOf, pullRequestField, repositoryField } from "./shared/fields.ts";

export default action({
  name: "review_pr_against_incidents",
  title: "Does this touch what broke before?",
  summary:
    "Compares a pull request with the project's past incidents: the lines, functions and files that failed, and what their culprit commits changed. Confirmed causes weigh more.",
  group: "pull_request",
  input: z.strictObject({
    pull_request_number: pullRequestField,
    repository: repositoryField,
    weight_min: z.number().min(0).max(1).default(0.2).describe("Incidents that are touched less are left out."),
  }),
  output: z.object({
    touches_incidents: z.boolean().describe("Whether anything is left that it touches."),
    highest_weight: z.number().describe("The strongest, 0 to 1; 0 where nothing is touched."),
    incidents: z
      .array(
        z.object({
          id: z.string(),
          url: z.string(),
          title: z.string(),
          severity: z.string(),
          status: z.string(),
          weight: z.number(),
          is_confirmed: z.boolean(),
          culprit_commit: z.string().nullable(),
          reasons: z.array(z.string()),
          paths: z.array(z.string()),
          evidence_ids: z.array(z.string()),
        }),
      )
      .describe("What it touches, strongest first."),
    compared_count: z.number().int().describe("How many incidents were compared."),
    markdown: z.string().describe("The same as text, ready for post_comment."),
  }),
  repeat: "none",
  async run(input, ctx, services) {
    const number = numberOf(input, ctx);
    const forge = await forgeOf(input, ctx, services);
    const [pull, files] = await Promise.all([forge.pullRequest(number), forge.changedFiles(number)]);
    const found = await reviewAgainstIncidents(services, {
      projectId: ctx.projectId,
      files: files.map(fileDiffOf),
      base: pull.baseSha,
      now: services.now(),
    });
    if (found.limitation !== null) ctx.log("WARNING", found.limitation);
    const touches = found.touches.filter(({ weight }) => weight >= input.weight_min);
    return {
      touches_incidents: touches.length > 0,
      highest_weight: touches[0]?.weight ?? 0,
      incidents: touches.slice(0, 50).map(({ incident, weight, reasons, paths }) => ({
        id: incident.id,
        url: `${services.publicUrl()}/incidents/${incident.id}`,
        title: incident.title,
        severity: incident.severity,
        status: incident.status,
        weight,
        is_confirmed: incident.culprit?.isConfirmed ?? false,
        culprit_commit: incident.culprit?.commit ?? null,
        reasons: [...reasons],
        paths: [...paths],
        evidence_ids: [...incident.evidenceIds],
      })),
      compared_count: found.comparedCount,
      markdown: incidentReviewText(touches, services.publicUrl()),
    };
  },
});
