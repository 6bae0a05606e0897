import { z } from "zod";
import { labelsOfPaths } from "../../analysis/pull-request/path-labels.ts";
import { action } from "./action-services.ts";
import { forgeOf, numberOf, pullRequestField, repositoryField } from "./shared/fields.ts";
import { outward } from "./shared/outward.ts";

export default action({
  name: "label_pr",
  title: "Label a pull request by its paths",
  summary:
    "Says which labels the changed files earn: backend, frontend, shared, tests, documentation, ci/cd, and those of your own rules. Puts them on it where `apply` says so.",
  group: "pull_request",
  input: z.strictObject({
    pull_request_number: pullRequestField,
    repository: repositoryField,
    rules: z
      .record(z.string().min(1).max(50), z.array(z.string().min(1).max(300)).max(50))
      .default({})
      .describe("Own labels, each with the beginnings of paths that earn it."),
    apply: z.boolean().default(false).describe("Put the labels on the pull request, instead of only naming them."),
  }),
  output: z.object({
    labels_to_add: z.array(z.string()).describe("The labels that the changed files earn."),
    applied: z.boolean().describe("Whether they were put on it."),
  }),
  repeat: "idempotent",
  async run(input, ctx, services) {
    const number = numberOf(input, ctx);
    const forge = await forgeOf(input, ctx, services);
    const files = await forge.changedFiles(number);
    const paths = files.flatMap(({ path, previousPath }) => (previousPath === null ? [path] : [path, previousPath]));
    const labels = labelsOfPaths(paths, input.rules);
    if (!input.apply || labels.length === 0) return { labels_to_add: labels, applied: false };
    await outward(ctx, {
      key: "labels",
      kind: "label",
      recipient: `${forge.repository}#${number}`,
      integrationId: forge.integrationId,
      request: { add: labels },
      repeat: "idempotent",
      async send() {
        await forge.addLabels(number, labels);
        return { externalRef: null, response: {} };
      },
    });
    return { labels_to_add: labels, applied: true };
  },
});
