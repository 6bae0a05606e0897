import { z } from "zod";
import type { Incoming, Meaning, Provider } from "../../domains/integration/index.ts";
import { flagChange, flagConfigShape } from "../shared/flag-change.ts";
import { secretSchema } from "../shared/form.ts";
import { hashOfBody, type Json, momentOf, readJson, recordAt, recordsAt, textAt } from "../shared/read-body.ts";
import { checkSignature, hmacHex } from "../shared/signatures.ts";

const config = z.object({
  environments: z
    .array(z.string().trim().min(1).max(50))
    .max(20)
    .default([])
    .describe("LaunchDarkly's keys of the environments that matter; empty for all of them"),
  ...flagConfigShape,
});
const credentials = z.object({ secret: secretSchema.describe("The secret that LaunchDarkly signs the webhook with") });
type Config = z.output<typeof config>;
type Credentials = z.output<typeof credentials>;

const header = "x-ld-signature";

const incoming: Incoming<Config, Credentials> = {
  verify: ({ headers, body }, { credentials: { secret } }) =>
    checkSignature(headers[header], hmacHex(secret, body), header),
  read(request) {
    const payload = readJson(request);
    const kind = textAt(payload, "kind") ?? "unknown";
    return {
      deliveryId: textAt(payload, "_id") ?? hashOfBody(request),
      eventType: `${kind}.${textAt(recordsAt(payload, "accesses")[0], "action") ?? "changed"}`,
      subject: textAt(recordsAt(payload, "accesses")[0], "resource"),
      payload,
    };
  },
  map: ({ payload, deliveryId }, settings) => mapEntry(payload, deliveryId, settings),
};

/** An entry of the audit log: of a flag, one change for each environment that its accesses name. */
function mapEntry(payload: Json, deliveryId: string, { environments, service }: Config): readonly Meaning[] {
  if (textAt(payload, "kind") !== "flag")
    return [{ kind: "ignored", reason: `It is about a ${textAt(payload, "kind") ?? "thing"}, not about a flag.` }];
  const touched = new Map<string, string>();
  for (const access of recordsAt(payload, "accesses")) {
    // proj/shop:env/production:flag/new-tax
    const found = /:env\/([^:;]+):flag\/([^:;]+)/.exec(textAt(access, "resource") ?? "");
    if (found?.[1] !== undefined && found[2] !== undefined) touched.set(found[1], found[2]);
  }
  if (touched.size === 0) return [{ kind: "ignored", reason: "The change concerns no environment." }];
  const wanted = [...touched].filter(
    ([env]) => env !== "*" && (environments.length === 0 || environments.includes(env)),
  );
  if (wanted.length === 0)
    return [
      {
        kind: "ignored",
        reason: `${[...touched.keys()].join(", ")} is not among the environments of this integration.`,
      },
    ];
  const actor = textAt(recordAt(payload, "member"), "email") ?? textAt(recordAt(payload, "token"), "name");
  return wanted.map(([environment, flag]) => {
    const before = recordAt(payload, "previousVersion", "environments", environment);
    const after = recordAt(payload, "currentVersion", "environments", environment);
    const said = { action: textAt(recordsAt(payload, "accesses")[0], "action") ?? "changed" };
    const isTold = Object.keys(before).length > 0 || Object.keys(after).length > 0;
    return flagChange({
      ...{ flag, environment, service, actor, at: momentOf(payload.date), id: `${deliveryId}:${environment}` },
      ...(isTold ? { before: meaningOf(before), after: meaningOf(after) } : { before: {}, after: said }),
    });
  });
}

/** Without what changes with every version. */
function meaningOf(environment: Json): Json {
  const { version: _v, lastModified: _l, salt: _s, sel: _e, _site, _summary, ...rest } = environment;
  return rest;
}

/**
 * LaunchDarkly, in only: what was changed of flags, as the audit log tells it.
 * @see https://launchdarkly.com/docs/api/webhooks
 */
export const launchdarkly: Provider<Config, Credentials> = {
  type: "launchdarkly",
  title: "LaunchDarkly",
  help: "A flag that somebody turns is a change like a deployment, and is weighed as a cause. In LaunchDarkly add a webhook with this integration's address, and let it sign with a secret that you enter here.",
  notSupported: "Turning flags off: Culprit says which one it was, a person turns it.",
  config,
  credentials,
  incoming,
  check: async () => ({ status: "unknown", reason: "It only sends; the first change of a flag shows that it works." }),
};
