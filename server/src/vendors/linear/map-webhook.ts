import type { Meaning } from "../../domains/integration/index.ts";
import { commandOf } from "../shared/command-of.ts";
import { type Json, recordAt, textAt } from "../shared/read-body.ts";

/**
 * What a webhook of Linear means: an event for triggers, and a command where a new comment begins a line with /culprit.
 * @see https://linear.app/developers/webhooks
 */
export function mapLinearWebhook(payload: Json): readonly Meaning[] {
  const [type, action] = [textAt(payload, "type"), textAt(payload, "action")];
  if (type === null || action === null) return [{ kind: "ignored", reason: "It names neither what changed nor how." }];
  const data = recordAt(payload, "data");
  const issueId =
    type === "Issue" ? textAt(data, "id") : (textAt(data, "issueId") ?? textAt(recordAt(data, "issue"), "id"));
  const subject = issueId === null ? null : `linear:${issueId}`;
  const actor = recordAt(payload, "actor");
  const news: Meaning = {
    kind: "event",
    type: `linear.${type.toLowerCase()}.${action}`,
    subject,
    payload: { data, updated_from: recordAt(payload, "updatedFrom"), actor, url: textAt(payload, "url") },
  };
  const command = type === "Comment" && action === "create" ? commandOf(textAt(data, "body")) : null;
  if (command === null || subject === null) return [news];
  return [
    news,
    {
      kind: "command",
      command,
      actor: textAt(actor, "name") ?? textAt(recordAt(data, "user"), "name") ?? "somebody",
      // Integrations and OAuth applications write too, Culprit among them.
      isBot: (textAt(actor, "type") ?? "user") !== "user" || textAt(data, "botActor") !== null,
      subject,
      payload: { issue: recordAt(data, "issue"), comment_id: textAt(data, "id"), url: textAt(payload, "url") },
    },
  ];
}
