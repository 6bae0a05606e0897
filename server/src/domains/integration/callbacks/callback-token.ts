import type { SecretBox } from "../../../platform/secrets/secret-box.ts";
import { type ButtonVerb, buttonVerbs } from "../message.ts";

/** What a button says when it is pressed. */
export interface Callback {
  readonly incidentId: string;
  readonly verb: ButtonVerb;
  /** The cause that is confirmed or rejected. */
  readonly hypothesisId: string | null;
  /** Through which integration it went out. */
  readonly integrationId: string | null;
}

const PURPOSE = "callback";
const GOOD_FOR_MS = 7 * 24 * 3600 * 1000;

/** The signed token of a button, good for seven days; short enough for a path and for vendors' fields. */
export function signCallback(secretBox: SecretBox, callback: Callback, now: Date): string {
  const { incidentId, verb, hypothesisId, integrationId } = callback;
  const payload = {
    i: short(incidentId),
    v: verb,
    ...(hypothesisId === null ? {} : { h: short(hypothesisId) }),
    ...(integrationId === null ? {} : { n: short(integrationId) }),
  };
  return secretBox.sign(PURPOSE, payload, new Date(now.getTime() + GOOD_FOR_MS));
}

/** What a token says, or that it is over or was never ours. */
export function readCallback(secretBox: SecretBox, token: string, now: Date): Callback | "expired" | "invalid" {
  const payload = secretBox.verify(PURPOSE, token, now);
  if (payload === null) return secretBox.verify(PURPOSE, token, new Date(0)) === null ? "invalid" : "expired";
  const verb = buttonVerbs.find((one) => one === payload.v);
  if (payload.i === undefined || verb === undefined) return "invalid";
  return {
    incidentId: long(payload.i),
    verb,
    hypothesisId: payload.h === undefined ? null : long(payload.h),
    integrationId: payload.n === undefined ? null : long(payload.n),
  };
}

/** A UUID as its 22 characters of base64url. */
function short(id: string): string {
  return Buffer.from(id.replaceAll("-", ""), "hex").toString("base64url");
}

function long(id: string): string {
  const hex = Buffer.from(id, "base64url").toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
