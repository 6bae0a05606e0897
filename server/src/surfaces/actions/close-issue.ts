import { z } from "zod";
import { action } from "./action-services.ts";
import { forgeOf, numberOf, repositoryField } from "./shared/fields.ts";
import { outward } from "./shared/outward.ts";

export default action({
  name: "close_issue",
  title: "Close an issue",
  summary: "Closes an issue of the repository, as done or as not planned.",
  group: "pull_request",
  input: z.strictObject({
    issue_number: z.number().int().min(1).optional().describe("Number of the issue. Left out: that of the event."),
    repository: repositoryField,
    reason: z.enum(["completed", "not_planned"]).default("completed").describe("Why it is closed."),
  }),
  output: z.object({ issue_number: z.number().int().describe("The issue.") }),
  repeat: "idempotent",
  async run(input, ctx, services) {
    const number = numberOf(input, ctx);
    const forge = await forgeOf(input, ctx, services);
    await outward(ctx, {
      key: "close",
      kind: "issue",
      recipient: `${forge.repository}#${number}`,
      integrationId: forge.integrationId,
      request: { state: "closed", reason: input.reason },
      repeat: "idempotent",
      async send() {
        await forge.closeIssue(number, input.reason);
        return { externalRef: String(number), response: {} };
      },
    });
    return { issue_number: number };
  },
});
