import { z } from "zod";
import type { Incoming, Provider } from "../../domains/integration/index.ts";
import { environmentSchema, flagChange, flagConfigShape } from "../shared/flag-change.ts";
import { secretSchema } from "../shared/form.ts";
import { hashOfBody, momentOf, readJson, textAt } from "../shared/read-body.ts";
import { checkAuthorization, refused } from "../shared/signatures.ts";

const config = z.object({
  default_environment: environmentSchema.describe("For changes that concern all environments of Unleash"),
  ...flagConfigShape,
});
const credentials = z.object({
  token: secretSchema.describe("Any long random text; enter `Bearer <it>` as Authorization in Unleash"),
});
type Config = z.output<typeof config>;
type Credentials = z.output<typeof credentials>;

/** What Unleash calls a change that turns or reshapes a flag; comments, tags and requests that were not applied change nothing. */
const turned =
  /^feature-(?:environment-(?:enabled|disabled)|environment-variants-updated|variants-updated|strategy-(?:add|remove|update)|updated|archived|revived|created|deleted)$/;

const incoming: Incoming<Config, Credentials> = {
  verify: ({ headers }, { credentials: { token } }) =>
    token === "" ? refused("No token is entered.") : checkAuthorization(headers.authorization, { secret: token }),
  read(request) {
    const payload = readJson(request);
    return {
      deliveryId: textAt(payload, "id") ?? hashOfBody(request),
      eventType: textAt(payload, "type") ?? "unknown",
      subject: textAt(payload, "featureName"),
      payload,
    };
  },
  map({ payload, deliveryId }, { default_environment, service }) {
    const [type, flag] = [textAt(payload, "type") ?? "unknown", textAt(payload, "featureName")];
    if (flag === null || !turned.test(type)) return [{ kind: "ignored", reason: `${type} turns no flag.` }];
    const before = payload.preData ?? stateBefore(type);
    const after = payload.data ?? stateAfter(type);
    return [
      flagChange({
        ...{ flag, service, actor: textAt(payload, "createdBy"), at: momentOf(payload.createdAt), id: deliveryId },
        environment: textAt(payload, "environment") ?? default_environment,
        ...{ before: before ?? {}, after: after ?? { change: type } },
      }),
    ];
  },
};

/** Of these events Unleash sends no data: their name says it. */
function stateAfter(type: string): object | null {
  if (type === "feature-environment-enabled") return { enabled: true };
  return type === "feature-environment-disabled" ? { enabled: false } : null;
}

function stateBefore(type: string): object | null {
  if (type === "feature-environment-enabled") return { enabled: false };
  return type === "feature-environment-disabled" ? { enabled: true } : null;
}

/**
 * Unleash, in only: its webhook integration, without a body template.
 * @see https://docs.getunleash.io/integrate/webhook
 */
export const unleash: Provider<Config, Credentials> = {
  type: "unleash",
  title: "Unleash",
  help: "A flag that somebody turns is a change like a deployment, and is weighed as a cause. In Unleash add an integration of the kind Webhook with this integration's address, all events that begin with feature-, and `Bearer <token>` as Authorization.",
  notSupported: "Turning flags off: Culprit says which one it was, a person turns it.",
  config,
  credentials,
  incoming,
  check: async () => ({ status: "unknown", reason: "It only sends; the first change of a flag shows that it works." }),
};
