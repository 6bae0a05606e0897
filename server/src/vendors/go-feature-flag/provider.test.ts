import { provesProvider } from "../provider-conformance.ts";
import { someRequest, testNow } from "../shared/connect.fixture.ts";
import { hashOfBody } from "../shared/read-body.ts";
import { hmacHex } from "../shared/signatures.ts";
import { startFakeVendor } from "../start-fake-vendor.ts";
import { goFeatureFlag } from "./provider.ts";

const secret = "secret-of-the-notifier";
/** What the webhook notifier's documentation shows. */
const message = {
  meta: { hostname: "relay-1" },
  flags: {
    deleted: { "old-tax": { percentage: 100, true: true, false: false } },
    added: { "third-tax": { percentage: 5 } },
    updated: {
      "new-tax": { old_value: { percentage: 10, disable: false }, new_value: { percentage: 100, disable: false } },
    },
  },
};
const signed = (body: object) =>
  someRequest(body, { "x-hub-signature-256": `sha256=${hmacHex(secret, JSON.stringify(body))}` });
const request = signed(message);
const common = (flag: string) => ({
  ...({ source: "feature_flag", change_kind: "feature_flag", resource_name: flag, environment: "production" } as const),
  ...{ actor: "relay-1", external_id: `${hashOfBody(request)}:${flag}`, detected_at: testNow.toISOString() },
});

provesProvider(goFeatureFlag, {
  now: testNow,
  config: {},
  credentials: { secret },
  refusedConfigs: [{ name: "an environment without a name", config: { environment: "" } }],
  refusedCredentials: [{ name: "no secret", credentials: {} }],
  startFake: () => startFakeVendor(() => ({ status: 404, body: "nobody is asked" })),
  incoming: {
    deliveries: [
      {
        name: "flags that were added, deleted and changed",
        request,
        meanings: [
          { kind: "change", change: { ...common("third-tax"), changes: [{ field: "percentage", new_value: 5 }] } },
          {
            kind: "change",
            change: {
              ...common("old-tax"),
              changes: [
                { field: "false", old_value: false },
                { field: "percentage", old_value: 100 },
                { field: "true", old_value: true },
              ],
            },
          },
          {
            kind: "change",
            change: { ...common("new-tax"), changes: [{ field: "percentage", old_value: 10, new_value: 100 }] },
          },
        ],
      },
      { name: "nothing", request: signed({ meta: {} }), meanings: [{ kind: "ignored", reason: "It names no flag." }] },
    ],
    signsBody: true,
    otherCredentials: { secret: "another-secret" },
    replayWindowS: { skipped: "GO Feature Flag signs no time; the same bytes are taken once" },
  },
  health: {
    expired: { skipped: "GO Feature Flag is not asked" },
    missingScope: { skipped: "GO Feature Flag is not asked" },
    revoked: { skipped: "GO Feature Flag is not asked" },
    good: "unknown",
    asksNobody: true,
  },
});
