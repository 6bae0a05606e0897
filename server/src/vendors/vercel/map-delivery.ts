import type { Meaning } from "../../domains/integration/index.ts";
import { deploymentAlert } from "../shared/deployment-alert.ts";
import { type Json, momentOf, recordAt, textAt } from "../shared/read-body.ts";

/** What a delivery says of its deployment, in Vercel's own shape, the documented one, or the flat one of older hooks. */
export interface VercelDeployment {
  readonly outcome: "failed" | "succeeded" | null;
  readonly id: string | null;
  readonly name: string | null;
  readonly url: string | null;
  readonly target: string | null;
  readonly commit: string | null;
  readonly repository: string | null;
  readonly branch: string | null;
  readonly reason: string | null;
  readonly at: Date | null;
}

/** @see https://vercel.com/docs/webhooks/webhooks-api */
export function readDeployment(body: Json): VercelDeployment {
  const payload = isFilled(recordAt(body, "payload")) ? recordAt(body, "payload") : body;
  const deployment = recordAt(payload, "deployment");
  const meta = { ...recordAt(payload, "meta"), ...recordAt(deployment, "meta") };
  const error = recordAt(payload, "error");
  const text = (key: string) => textAt(deployment, key) ?? textAt(payload, key);
  const owner = textAt(meta, "githubRepoOwner") ?? textAt(meta, "githubOrg") ?? textAt(meta, "githubCommitOrg");
  const repo = textAt(meta, "githubRepo") ?? textAt(meta, "githubCommitRepo");
  const reason = [textAt(error, "code"), textAt(error, "message") ?? textAt(payload, "errorMessage")].filter(
    (one) => one !== null,
  );
  return {
    outcome: outcomeOf(textAt(body, "type"), text("state") ?? text("status") ?? text("readyState")),
    id: textAt(deployment, "id") ?? textAt(payload, "deploymentId"),
    name: text("name") ?? textAt(payload, "project"),
    url: linkOf(textAt(recordAt(payload, "links"), "deployment") ?? text("url")),
    target: textAt(payload, "target") ?? textAt(deployment, "target"),
    commit: textAt(meta, "githubCommitSha") ?? textAt(meta, "gitlabCommitSha") ?? textAt(meta, "bitbucketCommitSha"),
    repository: owner !== null && repo !== null ? `${owner}/${repo}` : repo,
    branch: textAt(meta, "githubCommitRef") ?? textAt(meta, "gitlabCommitRef"),
    reason: reason.length === 0 ? null : reason.join(": "),
    at: momentOf(body.createdAt ?? payload.createdAt),
  };
}

/** What a delivery of Vercel means. Pure. */
export function mapVercel(body: Json, receivedAt: Date): readonly Meaning[] {
  const type = textAt(body, "type") ?? "deployment";
  const { outcome, id, name, url, target, commit, repository, branch, reason, at } = readDeployment(body);
  if (outcome === null)
    return [{ kind: "ignored", reason: `${type} is no news of a deployment that failed or succeeded.` }];
  // Vercel calls what is on no domain of its own null.
  const environment = target === "production" ? "production" : target === "staging" ? "staging" : "preview";
  const known = name ?? repository ?? "a project";
  const isTold = target !== null || type.startsWith("deployment.");
  return [
    {
      kind: "alert",
      alert: deploymentAlert({
        ...{
          vendor: "vercel",
          what: isTold ? `${known} (${environment})` : known,
          outcome,
          service: name,
          reason,
          url,
        },
        environment: target === null && !("deployment" in recordAt(body, "payload")) ? null : environment,
        at: at ?? receivedAt,
        // One deployment may fail by several checks, which Vercel gives no ids.
        id: null,
        labels: { deployment: id, commit, repository, branch, target },
      }),
    },
  ];
}

function outcomeOf(type: string | null, state: string | null): VercelDeployment["outcome"] {
  if (type === "deployment.error" || type === "deployment.check-rerequested.failed") return "failed";
  if (type === "deployment.succeeded" || type === "deployment.ready") return "succeeded";
  // Hooks of older integrations name the state alone.
  if (type !== null && type !== "deployment") return null;
  if (/^(error|failed|failure)$/i.test(state ?? "")) return "failed";
  return /^(ready|success|succeeded)$/i.test(state ?? "") ? "succeeded" : null;
}

function linkOf(url: string | null): string | null {
  if (url === null) return null;
  const whole = /^https?:\/\//.test(url) ? url : `https://${url}`;
  return URL.canParse(whole) ? whole : null;
}

function isFilled(value: Json): boolean {
  return Object.keys(value).length > 0;
}
