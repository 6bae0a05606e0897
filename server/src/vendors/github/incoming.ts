import type { Incoming } from "../../domains/integration/provider-port.ts";
import { DEPLOYMENT_SUCCEEDED } from "../shared/deployment-alert.ts";
import { hashOfBody, type Json, readJson } from "../shared/read-body.ts";
import { checkSignature, hmacHex, refused } from "../shared/signatures.ts";
import { outcomeOf } from "./deployment-news.ts";
import { mapDelivery, subjectOf } from "./map-delivery.ts";
import type { GitHubConfig, GitHubCredentials } from "./settings.ts";

const SIGNATURE = "x-hub-signature-256";

/**
 * Webhooks of a repository, an organisation or an app: signed with HMAC-SHA256 over the raw body, without a time, so a replay is
 * recognised by the id of the delivery alone.
 * @see https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
 */
export const incoming: Incoming<GitHubConfig, GitHubCredentials> = {
  verify: ({ headers, body }, { credentials }) =>
    credentials.webhook_secret === undefined
      ? refused("No webhook secret is entered, so no delivery can be believed.")
      : checkSigned(credentials.webhook_secret, headers, body),
  read: (request) => {
    const payload = readPayload(request);
    const eventType = request.headers["x-github-event"]?.slice(0, 100) ?? "unknown";
    return {
      deliveryId: request.headers["x-github-delivery"]?.slice(0, 255) || hashOfBody(request),
      eventType,
      subject: subjectOf(eventType, payload),
      payload,
    };
  },
  map: mapDelivery,
  answer: ({ eventType, payload }) => (outcomeOf(eventType, payload) === "succeeded" ? DEPLOYMENT_SUCCEEDED : null),
};

/** Whether whoever holds `secret` sent the body. */
export function checkSigned(secret: string, headers: Readonly<Record<string, string>>, body: Buffer) {
  return checkSignature(headers[SIGNATURE], `sha256=${hmacHex(secret, body)}`, SIGNATURE);
}

/** A hook may be set to send forms, whose one field holds the JSON. */
function readPayload(request: Parameters<typeof readJson>[0]): Json {
  if (!(request.headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded"))
    return readJson(request);
  const text = new URLSearchParams(request.body.toString("utf8")).get("payload") ?? "";
  return readJson({ ...request, body: Buffer.from(text) });
}
