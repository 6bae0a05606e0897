import {
  type Connection,
  type HealthResult,
  type Provider,
  type Sent,
  VendorRefused,
} from "../../domains/integration/index.ts";
import { HttpUncertain } from "../../platform/http-client/http-client.ts";
import { callVendor, secretsOfUrl, type VendorAnswer } from "../shared/call-vendor.ts";
import { checkHealth } from "../shared/check-health.ts";
import { recordAt, textAt } from "../shared/read-body.ts";
import { slackIncoming } from "./incoming.ts";
import { renderSlack } from "./render.ts";
import { type Config, type Credentials, config, credentials } from "./settings.ts";

type Slack = Connection<Config, Credentials>;

const REMEDY =
  "Install the app again and enter its new bot token, with the scope chat:write, invited into the channel.";

/**
 * Errors that Slack answers with status 200, as the status that they mean (https://docs.slack.dev/reference/methods/chat.postMessage).
 * Others are 400: the request is wrong, and another try can't help.
 */
const statusOfError: Readonly<Record<string, number>> = {
  invalid_auth: 401,
  not_authed: 401,
  token_expired: 401,
  token_revoked: 401,
  account_inactive: 401,
  missing_scope: 403,
  not_in_channel: 403,
  is_archived: 403,
  restricted_action: 403,
  channel_not_found: 404,
  message_not_found: 404,
  cant_update_message: 404,
  ratelimited: 429,
  rate_limited: 429,
  service_unavailable: 503,
};
/** Slack says of these that some of it may have been done. */
const openErrors = new Set(["internal_error", "fatal_error", "request_timeout"]);

/** Slack: a bot's messages, changed in place, or an incoming webhook; buttons, slash commands and mentions come in. */
export const slack: Provider<Config, Credentials> = {
  type: "slack",
  title: "Slack",
  help: "Tells people in a channel and takes their buttons and commands. At api.slack.com/apps make an app with the bot scope chat:write, install it, and enter its bot token, or only an incoming webhook's address. For buttons and commands enter the signing secret and give Slack this integration's address.",
  config,
  credentials,
  incoming: slackIncoming,
  outgoing: {
    // Neither door takes a key, and looking for what was sent would need the right to read the channel.
    repeat: "atMostOnce",
    // One message a second for a channel, short bursts allowed (https://docs.slack.dev/apis/web-api/rate-limits).
    rate: { perSecond: 1, burst: 5 },
    recipient: ({ channel }) => `${channel.replace(/^#?/, "#")} (Slack)`,
    render: (message, { interactive }) => renderSlack(message, interactive),
    send: (rendered, connection, _key, signal) =>
      connection.credentials.bot_token === undefined
        ? toWebhook(rendered, connection, signal)
        : post("chat.postMessage", { channel: connection.config.channel, ...rendered }, connection, signal),
    async update(externalRef, rendered, connection, _key, signal) {
      const [channel = "", ts = ""] = externalRef.split(":");
      return post("chat.update", { channel, ts, ...rendered }, connection, signal);
    },
  },
  check: (connection, signal) =>
    checkHealth(REMEDY, () =>
      connection.credentials.bot_token === undefined
        ? checkWebhook(connection, signal)
        : checkToken(connection, signal),
    ),
};

async function post(method: string, body: object, connection: Slack, signal: AbortSignal): Promise<Sent> {
  const { json } = await callApi(method, { ...body, unfurl_links: false, unfurl_media: false }, connection, signal);
  const [ts, channel] = [textAt(json, "ts"), textAt(json, "channel")];
  if (ts === null || channel === null) throw new HttpUncertain("Slack answered without saying which message it is.");
  return { externalRef: `${channel}:${ts}`, response: { channel, ts } };
}

async function toWebhook(
  rendered: object,
  { http, credentials: { webhook_url: url = "" } }: Slack,
  signal: AbortSignal,
): Promise<Sent> {
  const answer = await callVendor(http, {
    vendor: "Slack",
    method: "POST",
    url,
    body: rendered,
    secrets: secretsOfUrl(url),
    signal,
  });
  return { externalRef: null, response: { status: answer.status } };
}

async function callApi(
  method: string,
  body: object,
  { http, credentials: held }: Slack,
  signal: AbortSignal,
): Promise<VendorAnswer> {
  const token = held.bot_token ?? "";
  const answer = await callVendor(http, {
    vendor: "Slack",
    method: "POST",
    url: `https://slack.com/api/${method}`,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json; charset=utf-8" },
    body,
    secrets: [token],
    signal,
  });
  const { ok } = recordAt(answer.json);
  if (ok === true) return answer;
  const error = textAt(answer.json, "error");
  if (ok !== false || error === null) throw new HttpUncertain("Slack's answer can't be read.");
  const needed = textAt(answer.json, "needed");
  const words = `Slack answered ${error.slice(0, 100)}${needed === null ? "" : ` (needed: ${needed.slice(0, 100)})`}.`;
  if (openErrors.has(error)) throw new HttpUncertain(words);
  throw new VendorRefused(words, { status: statusOfError[error] ?? 400 });
}

async function checkToken(connection: Slack, signal: AbortSignal): Promise<HealthResult> {
  const { json, headers } = await callApi("auth.test", {}, connection, signal);
  const scopes = headers["x-oauth-scopes"]?.split(",").map((scope) => scope.trim());
  if (scopes !== undefined && !scopes.includes("chat:write"))
    return { status: "unhealthy", reason: `The bot token lacks the scope chat:write. ${REMEDY}` };
  return {
    status: "healthy",
    reason: `The bot ${textAt(json, "user") ?? ""} of ${textAt(json, "team") ?? "Slack"} is let in.`,
  };
}

/** A webhook can only be sent to: an empty message is refused in one way where it is there, and in another where it is not. */
async function checkWebhook(
  { http, credentials: { webhook_url: url = "" } }: Slack,
  signal: AbortSignal,
): Promise<HealthResult> {
  try {
    await callVendor(http, {
      vendor: "Slack",
      method: "POST",
      url,
      body: { text: "" },
      secrets: secretsOfUrl(url),
      signal,
    });
  } catch (error) {
    if (error instanceof VendorRefused && error.status === 400 && /no_text|invalid_payload/.test(error.message))
      return { status: "healthy", reason: "The incoming webhook is there." };
    throw error;
  }
  return { status: "degraded", reason: "It took an empty message, which Slack refuses: is this Slack?" };
}
