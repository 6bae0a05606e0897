import type { Delivery, Incoming, Meaning } from "../../domains/integration/index.ts";
import { headOf } from "../github/event-head.ts";
import { ignored, newsOf } from "../shared/pull-request-news.ts";
import { hashOfBody, readJson, recordAt, textAt } from "../shared/read-body.ts";
import { checkSignature, hmacHex, refused } from "../shared/signatures.ts";
import type { GiteaConfig, GiteaCredentials } from "./settings.ts";

const SIGNATURE = "x-gitea-signature";

/**
 * Webhooks of a Gitea or Forgejo repository or organisation: signed with HMAC-SHA256 over the raw body, without a time, so a replay is recognised
 * by the id of the delivery alone. Forgejo sends the same headers.
 * @see https://docs.gitea.com/usage/repository/webhooks
 */
export const incoming: Incoming<GiteaConfig, GiteaCredentials> = {
  verify: ({ headers, body }, { credentials: { webhook_secret: secret } }) =>
    secret === undefined
      ? refused("No webhook secret is entered, so no delivery can be believed.")
      : checkSignature(headers[SIGNATURE], hmacHex(secret, body), SIGNATURE),
  read: (request) => {
    const payload = readJson(request);
    const { headers } = request;
    const eventType = headers["x-gitea-event"]?.slice(0, 100) ?? "unknown";
    const { repository, number } = headOf(eventType, payload);
    return {
      deliveryId: headers["x-gitea-delivery"]?.slice(0, 255) || hashOfBody(request),
      eventType,
      subject: repository === null ? null : number === null ? repository : `${repository}#${number}`,
      payload,
    };
  },
  map: mapGitea,
};

/** Gitea's actions where they differ from GitHub's. */
const actions: Readonly<Record<string, string>> = { synchronized: "synchronize", label_updated: "labeled" };

/** What a delivery means; payloads are GitHub's in all that is read of them. Pure. */
export function mapGitea({ eventType, payload }: Delivery, config: GiteaConfig): readonly Meaning[] {
  const given = headOf(eventType, payload);
  if (eventType === "push") return newsOf(given, payload, config);
  const review = /^pull_request_(?:review_)?(approved|rejected|comment)$/.exec(eventType)?.[1];
  if (review !== undefined && Object.keys(recordAt(payload, "pull_request")).length > 0)
    return newsOf({ ...given, event: "pull_request_review", action: "submitted" }, payload, config);
  const action = textAt(payload, "action");
  if (eventType !== "pull_request" || action === null)
    return [ignored(`A delivery of kind ${eventType} tells nothing that is used here.`)];
  return newsOf({ ...given, action: actions[action] ?? action }, payload, config);
}
