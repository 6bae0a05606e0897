import { z } from "zod";
import { action } from "./action-services.ts";
import { forgeOf, repositoryField } from "./shared/fields.ts";
import { outward } from "./shared/outward.ts";

export default action({
  name: "react_to_comment",
  title: "React to a comment",
  summary: "Puts a reaction under a comment, so that its author sees that it was read.",
  group: "pull_request",
  input: z.strictObject({
    repository: repositoryField,
    comment_id: z
      .union([z.string().min(1).max(100), z.number().int().min(1)])
      .describe("The forge's id of the comment."),
    reaction: z.enum(["eyes", "+1", "rocket"]).default("eyes").describe("Which one."),
  }),
  output: z.object({ reaction: z.string().describe("As it was put.") }),
  repeat: "idempotent",
  async run(input, ctx, services) {
    const forge = await forgeOf(input, ctx, services);
    const commentId = String(input.comment_id);
    await outward(ctx, {
      key: "reaction",
      kind: "reaction",
      recipient: `${forge.repository} comment ${commentId}`,
      integrationId: forge.integrationId,
      request: { reaction: input.reaction },
      repeat: "idempotent",
      async send() {
        await forge.react(commentId, input.reaction);
        return { externalRef: null, response: {} };
      },
    });
    return { reaction: input.reaction };
  },
});
