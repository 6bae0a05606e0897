import { z } from "zod";
import { action } from "./action-services.ts";
import { forgeOf, numberOf, pullRequestField, repositoryField } from "./shared/fields.ts";
import { outward } from "./shared/outward.ts";

const labels = z.array(z.string().min(1).max(50)).max(50);

export default action({
  name: "add_labels",
  title: "Add or remove labels",
  summary: "Puts labels on a pull request or an issue, and takes others off.",
  group: "pull_request",
  input: z.strictObject({
    pull_request_number: pullRequestField,
    repository: repositoryField,
    add: labels.default([]).describe("Labels to put on it. GitHub makes those that it does not know."),
    remove: labels.default([]).describe("Labels to take off it."),
  }),
  output: z.object({
    added: z.array(z.string()).describe("What was put on it."),
    removed: z.array(z.string()).describe("What was taken off it."),
  }),
  repeat: "idempotent",
  async run(input, ctx, services) {
    const number = numberOf(input, ctx);
    if (input.add.length === 0 && input.remove.length === 0) return { added: [], removed: [] };
    const forge = await forgeOf(input, ctx, services);
    await outward(ctx, {
      key: "labels",
      kind: "label",
      recipient: `${forge.repository}#${number}`,
      integrationId: forge.integrationId,
      request: { add: input.add, remove: input.remove },
      repeat: "idempotent",
      async send() {
        for (const label of input.remove) await forge.removeLabel(number, label);
        if (input.add.length > 0) await forge.addLabels(number, input.add);
        return { externalRef: null, response: {} };
      },
    });
    return { added: input.add, removed: input.remove };
  },
});
