import { z } from "zod";
import type { Incoming, Meaning, Provider } from "../../domains/integration/index.ts";
import { environmentSchema, flagChange, flagConfigShape } from "../shared/flag-change.ts";
import { secretSchema } from "../shared/form.ts";
import { hashOfBody, readJson, recordAt, textAt } from "../shared/read-body.ts";
import { checkSignature, hmacHex } from "../shared/signatures.ts";

const config = z.object({
  environment: environmentSchema.describe("The environment whose flags these are"),
  ...flagConfigShape,
});
const credentials = z.object({
  secret: secretSchema.describe("The secret of the notifier, which signs what it sends"),
});
type Config = z.output<typeof config>;
type Credentials = z.output<typeof credentials>;

const header = "x-hub-signature-256";
const FLAGS_MAX = 200;

const incoming: Incoming<Config, Credentials> = {
  verify: ({ headers, body }, { credentials: { secret } }) =>
    checkSignature(headers[header], `sha256=${hmacHex(secret, body)}`, header),
  read(request) {
    const payload = readJson(request);
    return { deliveryId: hashOfBody(request), eventType: "flags.changed", subject: null, payload };
  },
  map({ payload, deliveryId }, { environment, service }, receivedAt) {
    const flags = recordAt(payload, "flags");
    const of = (what: string) => Object.entries(recordAt(flags, what));
    const states = [
      ...of("added").map(([flag, after]) => ({ flag, before: {}, after })),
      ...of("deleted").map(([flag, before]) => ({ flag, before, after: {} })),
      ...of("updated").map(([flag, both]) => ({
        flag,
        before: recordAt(both, "old_value"),
        after: recordAt(both, "new_value"),
      })),
    ];
    if (states.length === 0) return [{ kind: "ignored", reason: "It names no flag." }];
    const actor = textAt(recordAt(payload, "meta"), "hostname");
    // It does not say when: it was a moment before it came in.
    const at = receivedAt;
    return states
      .slice(0, FLAGS_MAX)
      .map(
        (state): Meaning =>
          flagChange({ ...state, environment, service, actor, at, id: `${deliveryId}:${state.flag}` }),
      );
  },
};

/**
 * GO Feature Flag, the flag server behind OpenFeature's SDKs, in only: its webhook notifier. OpenFeature itself has no message for changes.
 * @see https://gofeatureflag.org/docs/integrations/notifier-exporter-webhook
 */
export const goFeatureFlag: Provider<Config, Credentials> = {
  type: "go_feature_flag",
  title: "OpenFeature (GO Feature Flag)",
  help: "A flag that somebody turns is a change like a deployment, and is weighed as a cause. Give GO Feature Flag's relay proxy a notifier of the kind webhook with this integration's address as its endpointUrl and a secret. Other servers of OpenFeature can send to POST /api/changes.",
  notSupported: "Turning flags off: Culprit says which one it was, a person turns it.",
  config,
  credentials,
  incoming,
  check: async () => ({ status: "unknown", reason: "It only sends; the first change of a flag shows that it works." }),
};
