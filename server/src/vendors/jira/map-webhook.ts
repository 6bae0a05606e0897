import type { Meaning } from "../../domains/integration/index.ts";
import { commandOf } from "../shared/command-of.ts";
import { type Json, recordAt, textAt } from "../shared/read-body.ts";

/**
 * What a webhook of Jira means: an event for triggers, and a command where a new comment begins a line with /culprit.
 * @see https://developer.atlassian.com/cloud/jira/platform/webhooks/
 */
export function mapJiraWebhook(payload: Json): readonly Meaning[] {
  const name = textAt(payload, "webhookEvent");
  if (name === null) return [{ kind: "ignored", reason: "It names no event." }];
  const issue = recordAt(payload, "issue");
  const key = textAt(issue, "key");
  const subject = key === null ? null : `jira:${key}`;
  const comment = recordAt(payload, "comment");
  const news: Meaning = {
    kind: "event",
    // `jira:issue_created` and `comment_created` alike.
    type: `jira.${name.replace(/^jira:/, "").replaceAll(/[^\w.]/g, "_")}`.slice(0, 100),
    subject,
    payload: { issue, comment, changelog: recordAt(payload, "changelog"), user: recordAt(payload, "user") },
  };
  const command = name === "comment_created" ? commandOf(textAt(comment, "body")) : null;
  if (command === null || subject === null) return [news];
  const author = recordAt(comment, "author");
  return [
    news,
    {
      kind: "command",
      command,
      actor: textAt(author, "displayName") ?? textAt(author, "accountId") ?? "somebody",
      isBot: textAt(author, "accountType") === "app",
      subject,
      payload: { issue_key: key, comment_id: textAt(comment, "id") },
    },
  ];
}
