import type { Meaning } from "../../domains/integration/index.ts";
import type { EventHead } from "../github/event-head.ts";
import type { Json } from "./read-body.ts";

/** Of a payload that is kept in an event; the delivery keeps it whole. */
const PAYLOAD_BYTES_MAX = 768 * 1024;

/**
 * What a forge tells of a pull request, a push or its checks, in the words that GitHub's events have, so that triggers and conditions are the
 * same at every forge. A merge is told twice, as closed and as merged. `config.repositories` narrows what is heard.
 */
export function newsOf(
  head: EventHead,
  payload: Json,
  config: { readonly repositories: readonly string[] },
): readonly Meaning[] {
  const { event, action, repository, number, head_branch: branch } = head;
  if (repository === null) return [ignored(`A delivery of kind ${event} names no repository.`)];
  const named = config.repositories.map((one) => one.toLowerCase());
  if (named.length > 0 && !named.includes(repository.toLowerCase()))
    return [ignored(`${repository} is not among the repositories of this integration.`)];
  const about = number === null ? branch : null;
  const subject =
    number === null ? (about === null ? repository : `${repository}@refs/heads/${about}`) : `${repository}#${number}`;
  const full = { ...head, payload: fitting(payload) };
  const type = action === null ? event : `${event}.${action}`;
  return [
    { kind: "event", type, subject, payload: full },
    ...(type === "pull_request.closed" && head.is_merged
      ? [{ kind: "event", type: "pull_request.merged", subject, payload: full } as const]
      : []),
  ];
}

/** A meaning of nothing, with the reason. */
export function ignored(reason: string): Meaning {
  return { kind: "ignored", reason };
}

/** Of a huge one only that it was. */
function fitting(payload: Json): Json {
  const bytes = Buffer.byteLength(JSON.stringify(payload));
  return bytes <= PAYLOAD_BYTES_MAX
    ? payload
    : { left_out: `${bytes} bytes; the delivery of the integration holds it.` };
}
