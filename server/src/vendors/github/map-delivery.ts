import { type Delivery, judgeCommenter, type Meaning } from "../../domains/integration/index.ts";
import { deploymentAlert } from "../shared/deployment-alert.ts";
import { type Json, recordAt, textAt } from "../shared/read-body.ts";
import { deploymentNews } from "./deployment-news.ts";
import { type EventHead, headOf } from "./event-head.ts";
import { isBot } from "./is-bot.ts";
import { hasAnyMarker } from "./markers.ts";
import { parseCommand } from "./parse-command.ts";
import type { GitHubConfig } from "./settings.ts";

/** Events about accounts and the app's own affairs: no repository is concerned, so no workflow of a project is. */
const ofAccounts: Readonly<Record<string, string>> = {
  ping: "GitHub greets a new webhook; nothing happened.",
  github_app_authorization: "It is about a person's consent to the app, not about a repository.",
  marketplace_purchase: "It is about a purchase, not about a repository.",
  sponsorship: "It is about a sponsorship, not about a repository.",
  membership: "It is about a team of the organisation, not about a repository.",
  organization: "It is about the organisation, not about a repository.",
  org_block: "It is about the organisation, not about a repository.",
  security_advisory: "It is GitHub's news for everybody; what concerns a repository comes as dependabot_alert.",
  projects_v2_item: "It is about a project board of the account, not about a repository.",
};
/** Where people talk. */
const comments = new Set(["issue_comment", "pull_request_review_comment", "commit_comment", "discussion_comment"]);
/** Of a payload that is kept in an event; the delivery keeps it whole. */
const PAYLOAD_BYTES_MAX = 768 * 1024;

/**
 * What a delivery of GitHub means: an event named `EVENT.ACTION`, beside it `pull_request.merged` where one was, a command where
 * somebody wrote one, an alert where a deployment failed or succeeded again, or nothing with the reason. Pure.
 */
export function mapDelivery(delivery: Delivery, config: GitHubConfig, receivedAt: Date): readonly Meaning[] {
  const { eventType: event, payload } = delivery;
  const account = ofAccounts[event];
  if (account !== undefined) return [ignored(account)];
  const head = headOf(event, payload);
  if (head.repository === null && !event.startsWith("installation") && event !== "team") {
    return [ignored(`A delivery of kind ${event} names no repository.`)];
  }
  const { repository } = head;
  const named = config.repositories.map((one) => one.toLowerCase());
  if (repository !== null && named.length > 0 && !named.includes(repository.toLowerCase())) {
    return [ignored(`${repository} is not among the repositories of this integration.`)];
  }
  if (comments.has(event)) {
    const reason = unheard(head, payload, config);
    if (reason !== null) return [ignored(reason)];
  }
  const type = head.action === null ? event : `${event}.${head.action}`;
  const subject = subjectOf(event, payload);
  const full = { ...head, payload: payloadToKeep(payload) };
  const meanings: Meaning[] = [{ kind: "event", type, subject, payload: full }];
  if (type === "pull_request.closed" && head.is_merged)
    meanings.push({ kind: "event", type: "pull_request.merged", subject, payload: full });
  const failure = deploymentNews(event, payload, config, receivedAt);
  if (failure !== null) meanings.push({ kind: "alert", alert: deploymentAlert(failure) });
  const command = commandOf(head, subject, full, config);
  return command === null ? meanings : [...meanings, command];
}

/** What deliveries are about: a pull request and the issue of the same number are one conversation. */
export function subjectOf(event: string, payload: Json): string | null {
  const { repository, number, branch, tag, sha } = headOf(event, payload);
  if (repository === null) return null;
  if (number !== null) return `${repository}#${number}`;
  if (tag !== null) return `${repository}@refs/tags/${tag}`;
  if (branch !== null) return `${repository}@refs/heads/${branch}`;
  return sha === null ? repository : `${repository}@${sha}`;
}

/** Why a comment is not heard at all; null where it is. */
function unheard(head: EventHead, payload: Json, config: GitHubConfig): string | null {
  const author = head.author ?? "";
  if (hasAnyMarker(head.body ?? "")) return "The comment carries Culprit's mark: it is its own.";
  if (config.login !== undefined && author.toLowerCase() === config.login.toLowerCase()) {
    return "The integration's own user wrote it.";
  }
  const heard = judgeCommenter(config.comment_filter, author);
  if (heard.isHeard) return null;
  // A bot's comment is an event like others, for workflows that want it; only commands of bots are never answered.
  return isBot(author, textAt(recordAt(payload, "comment", "user"), "type")) ? null : heard.reason;
}

function commandOf(head: EventHead, subject: string | null, payload: Json, config: GitHubConfig): Meaning | null {
  const isNew =
    head.action === "created" && (head.event === "issue_comment" || head.event === "pull_request_review_comment");
  const parsed = isNew ? parseCommand(head.body ?? "") : null;
  if (parsed === null || subject === null) return null;
  const actor = head.author ?? "";
  if (head.is_bot || isBot(actor, textAt(recordAt(payload.payload, "comment", "user"), "type"))) {
    return ignored(`${actor} is a bot, and commands of bots are never answered.`);
  }
  const heard = judgeCommenter(config.comment_filter, actor);
  const isNewcomer = heard.isHeard && heard.isNewcomer;
  const { auto_reply: isTold, auto_reply_message: message } = config.comment_filter;
  return {
    kind: "command",
    command: [parsed.command, ...parsed.args].join(" "),
    actor,
    isBot: false,
    ...(isNewcomer ? { isNewcomer } : {}),
    subject,
    payload: {
      ...payload,
      unknown_command: parsed.unknown,
      is_newcomer: isNewcomer,
      auto_reply: isNewcomer && isTold ? message : null,
    },
  };
}

/** The payload as GitHub sent it, for conditions that ask for more than the head; of a huge one only that it was. */
function payloadToKeep(payload: Json): Json {
  const bytes = Buffer.byteLength(JSON.stringify(payload));
  return bytes <= PAYLOAD_BYTES_MAX
    ? payload
    : { left_out: `${bytes} bytes; the delivery of the integration holds it.` };
}

function ignored(reason: string): Meaning {
  return { kind: "ignored", reason };
}
