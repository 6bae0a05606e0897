import { type Connection, VendorRefused } from "../../domains/integration/index.ts";
import { HttpUncertain } from "../../platform/http-client/http-client.ts";
import { callVendor } from "../shared/call-vendor.ts";
import { type Json, recordAt, textAt } from "../shared/read-body.ts";

/** What Slack refused, by its own word: `name_taken`, `already_archived`. */
export class SlackRefused extends VendorRefused {
  readonly error: string;
  constructor(error: string, needed: string | null, status: number) {
    super(`Slack answered ${error}${needed === null ? "" : ` (needed: ${needed})`}.`, { status });
    this.name = "SlackRefused";
    this.error = error;
  }
}

const expired = new Set(["invalid_auth", "not_authed", "token_expired", "token_revoked", "account_inactive"]);
/** Slack says of these that some of it may have been done. */
const open = new Set(["internal_error", "fatal_error", "request_timeout"]);

/**
 * One method of Slack's web API, which answers errors with 200 and a word.
 * @throws SlackRefused, and what `callVendor` throws. @see https://docs.slack.dev/apis/web-api/
 */
export async function callSlack(
  {
    http,
    credentials: { bot_token: token },
  }: Pick<Connection<unknown, { readonly bot_token: string }>, "http" | "credentials">,
  method: string,
  body: Json,
  signal: AbortSignal,
): Promise<{ readonly json: Json; readonly scopes: readonly string[] | null }> {
  const { json, headers } = await callVendor(http, {
    vendor: "Slack",
    method: "POST",
    url: `https://slack.com/api/${method}`,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json; charset=utf-8" },
    body,
    secrets: [token],
    signal,
  });
  const answer = recordAt(json);
  if (answer.ok === true) return { json: answer, scopes: headers["x-oauth-scopes"]?.split(/\s*,\s*/) ?? null };
  const error = textAt(answer, "error")?.slice(0, 100) ?? null;
  if (answer.ok !== false || error === null) throw new HttpUncertain("Slack's answer can't be read.");
  if (open.has(error)) throw new HttpUncertain(`Slack answered ${error}: some of it may have been done.`);
  const status = expired.has(error) ? 401 : error === "missing_scope" ? 403 : error === "ratelimited" ? 429 : 400;
  throw new SlackRefused(error, textAt(answer, "needed")?.slice(0, 100) ?? null, status);
}
