import { storableJson } from "../../../../platform/db/storable-json.ts";
import { CulpritError } from "../../../../platform/errors/culprit-error.ts";
import { fromPublicId, toPublicId } from "../../../../platform/ids/ids.ts";
import { SIGNATURE_HEADER } from "./webhook-signature.ts";

/** A call as it arrived. */
export interface WebhookCall {
  readonly token: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

/** A body over this is refused before it is stored. */
export const WEBHOOK_BODY_BYTES_MAX = 1_000_000;

/** The event type of calls, also for replays of them. */
export const WEBHOOK_EVENT = "webhook.called";

/** What conditions and templates read as `event`: `event.body` (parsed where it is JSON), `event.query`, `event.headers`. */
export function webhookPayload(call: WebhookCall): Record<string, unknown> {
  return storableJson({ body: parsedBody(call), query: { ...call.query }, headers: harmlessHeaders(call.headers) });
}

/** What an event of a webhook is about; a replay finds its trigger by this. */
export const webhookSubject = (triggerId: string) => `webhook:${toPublicId("wft", triggerId)}`;

/** The trigger that a call was for; null where the subject names none. */
export function triggerOfSubject(subject: string | null): string | null {
  const [, id] = /^webhook:(wft_[0-9a-z]{26})$/.exec(subject ?? "") ?? [];
  return id === undefined ? null : fromPublicId("wft", id);
}

function parsedBody({ body, headers }: WebhookCall): unknown {
  const text = body.toString("utf8");
  const contentType = String(headers["content-type"] ?? "").toLowerCase();
  try {
    return text === "" ? null : JSON.parse(text);
  } catch (cause) {
    if (!contentType.includes("json")) return text;
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new CulpritError("MALFORMED_BODY", `The body is not valid JSON: ${words}`, { cause });
  }
}

/** Headers that senders use to say what a call is, and none that prove who they are. */
function harmlessHeaders(headers: WebhookCall["headers"]): Record<string, string> {
  const kept = Object.entries(headers).flatMap(([name, value]) => {
    const isKnown = name === "content-type" || name === "user-agent" || name.startsWith("x-");
    const isSecret = /signature|token|auth|key|secret|cookie|password/.test(name) || name === SIGNATURE_HEADER;
    return isKnown && !isSecret && typeof value === "string" ? [[name, value.slice(0, 500)] as const] : [];
  });
  return Object.fromEntries(kept.slice(0, 30));
}
