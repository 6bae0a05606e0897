import { z } from "zod";
import { sizeLabelOf, sizeLabels } from "../../analysis/pull-request/size-label.ts";
import { action } from "./action-services.ts";
import { forgeOf, numberOf, pullRequestField, repositoryField } from "./shared/fields.ts";
import { outward } from "./shared/outward.ts";

export default action({
  name: "label_by_size",
  title: "Label a pull request by its size",
  summary:
    "Fewer than 10 changed lines are size: S, fewer than 100 size: M, fewer than 500 size: L, else size: XL. An older size label goes.",
  group: "pull_request",
  input: z.strictObject({
    pull_request_number: pullRequestField,
    repository: repositoryField,
    apply: z.boolean().default(true).describe("Put the label on the pull request, instead of only naming it."),
  }),
  output: z.object({
    size_label: z.enum(sizeLabels).describe("The label."),
    lines_changed: z.number().int().describe("Lines added and removed, in all files."),
  }),
  repeat: "idempotent",
  async run(input, ctx, services) {
    const number = numberOf(input, ctx);
    const forge = await forgeOf(input, ctx, services);
    const files = await forge.changedFiles(number);
    const lines = files.reduce((sum, file) => sum + file.additions + file.deletions, 0);
    const label = sizeLabelOf(lines);
    const answer = { size_label: label, lines_changed: lines };
    if (!input.apply) return answer;
    const { labels } = await forge.pullRequest(number);
    const remove = sizeLabels.filter((one) => one !== label && labels.includes(one));
    if (remove.length === 0 && labels.includes(label)) return answer;
    await outward(ctx, {
      key: "labels",
      kind: "label",
      recipient: `${forge.repository}#${number}`,
      integrationId: forge.integrationId,
      request: { add: [label], remove },
      repeat: "idempotent",
      async send() {
        for (const old of remove) await forge.removeLabel(number, old);
        await forge.addLabels(number, [label]);
        return { externalRef: null, response: {} };
      },
    });
    return answer;
  },
});
