import { z } from "zod";
import { defuseMentions } from "../../analysis/pull-request/defuse-mentions.ts";
import { action } from "./action-services.ts";
import { forgeOf, numberOf, pullRequestField, repositoryField } from "./shared/fields.ts";
import { markerOf, markerText, outward, slotMarkerOf, withoutMarkers } from "./shared/outward.ts";

/** GitHub takes 65,536; markers and the note of the cut need a little. */
const charsMax = 64_000;

export default action({
  name: "post_comment",
  title: "Comment on a pull request or an issue",
  summary:
    "Writes a comment. With `update_key` the comment of that key is changed in place instead of a further one written.",
  group: "pull_request",
  input: z.strictObject({
    pull_request_number: pullRequestField,
    repository: repositoryField,
    comment: z.string().min(1).max(1_000_000).describe("The text, in Markdown."),
    update_key: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe("What this comment is for, such as summary: there is one of it on each pull request."),
    allow_mentions: z
      .boolean()
      .default(false)
      .describe("Let @names tell people. Off, because texts of events may hold any name."),
  }),
  output: z.object({
    success: z.boolean().describe("Whether the comment stands."),
    comment_url: z.string().describe("Where it can be read."),
    comment_id: z.string().describe("The forge's id of it."),
  }),
  repeat: "lookup",
  async run(input, ctx, services) {
    const number = numberOf(input, ctx);
    const forge = await forgeOf(input, ctx, services);
    const slot =
      input.update_key === undefined ? null : slotMarkerOf(ctx, `${forge.repository}#${number}:${input.update_key}`);
    const clean = withoutMarkers(input.comment);
    const text = input.allow_mentions ? clean : defuseMentions(clean);
    const body = text.length > charsMax ? `${text.slice(0, charsMax)}\n\n… (cut: ${text.length} characters)` : text;
    const made = await outward(ctx, {
      key: "comment",
      kind: "comment",
      recipient: `${forge.repository}#${number}`,
      integrationId: forge.integrationId,
      request: { body, update_key: input.update_key ?? null },
      repeat: "lookup",
      async send({ idempotencyKey }) {
        const marker = markerOf(idempotencyKey);
        const older = slot === null ? null : await forge.findComment(number, slot);
        const marked = slot === null ? body : `${body}\n\n${markerText(slot)}`;
        const comment =
          older === null
            ? await forge.postComment(number, marked, marker)
            : await forge.updateComment(older.id, marked, marker);
        return { externalRef: comment.id, response: { url: comment.url, id: comment.id } };
      },
      async find({ idempotencyKey }) {
        const comment = await forge.findComment(number, markerOf(idempotencyKey));
        return comment === null ? null : { externalRef: comment.id, response: { url: comment.url, id: comment.id } };
      },
    });
    const { url, id } = made.response;
    return { success: true, comment_url: String(url ?? ""), comment_id: String(id ?? made.externalRef ?? "") };
  },
});
