import type { Incoming } from "../../domains/integration/index.ts";
import { hashOfBody, readJson, recordAt, textAt } from "../shared/read-body.ts";
import { isSameText, refused } from "../shared/signatures.ts";
import { mapGitLab } from "./map-delivery.ts";
import type { GitLabConfig, GitLabCredentials } from "./settings.ts";

/**
 * Webhooks of a GitLab project or group: they carry the secret token and no signature, so whoever hears one call can make others; give the
 * address by https alone. The id is GitLab's `Idempotency-Key`, the same when a delivery is tried again, else (before 17.4) the body's hash:
 * `X-Gitlab-Event-UUID` is shared by calls that follow from each other.
 * @see https://docs.gitlab.com/user/project/integrations/webhooks
 */
export const incoming: Incoming<GitLabConfig, GitLabCredentials> = {
  verify: ({ headers }, { credentials: { webhook_secret: secret } }) => {
    if (secret === undefined) return refused("No webhook secret is entered, so no delivery can be believed.");
    const given = headers["x-gitlab-token"];
    if (given === undefined || given === "") return refused("The secret token in x-gitlab-token is missing.");
    return isSameText(given, secret) ? { ok: true } : refused("The secret token in x-gitlab-token is wrong.");
  },
  read: (request) => {
    const payload = readJson(request);
    const repository = textAt(recordAt(payload, "project"), "path_with_namespace");
    const attributes = recordAt(payload, "object_attributes");
    const number = textAt(payload, "object_kind") === "merge_request" ? textAt(attributes, "iid") : null;
    return {
      deliveryId: request.headers["idempotency-key"]?.slice(0, 255) || hashOfBody(request),
      eventType: (textAt(payload, "object_kind") ?? request.headers["x-gitlab-event"] ?? "unknown").slice(0, 100),
      subject: repository === null ? null : `${repository}${number === null ? "" : `#${number}`}`.slice(0, 500),
      payload,
    };
  },
  map: mapGitLab,
};
