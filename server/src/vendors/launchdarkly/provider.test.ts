import { expect, test } from "vitest";
import { provesProvider } from "../provider-conformance.ts";
import { someRequest, testNow } from "../shared/connect.fixture.ts";
import { hmacHex } from "../shared/signatures.ts";
import { startFakeVendor } from "../start-fake-vendor.ts";
import { launchdarkly } from "./provider.ts";

const secret = "secret-of-the-webhook";
/** An entry of the audit log, as https://launchdarkly.com/docs/api/webhooks shows one. */
const entry = {
  _id: "57c0a8e29969090743529965",
  date: testNow.getTime() - 30_000,
  accesses: [{ action: "updateOn", resource: "proj/shop:env/production:flag/new-tax" }],
  kind: "flag",
  name: "New tax",
  member: { email: "ariel@acme.test" },
  previousVersion: {
    environments: { production: { on: false, version: 3, lastModified: 1, fallthrough: { variation: 0 } } },
  },
  currentVersion: {
    environments: { production: { on: true, version: 4, lastModified: 2, fallthrough: { variation: 0 } } },
  },
};
const signed = (body: object) => someRequest(body, { "x-ld-signature": hmacHex(secret, JSON.stringify(body)) });

provesProvider(launchdarkly, {
  now: testNow,
  config: { environments: ["production"], service: "cart" },
  credentials: { secret },
  refusedConfigs: [{ name: "an environment without a name", config: { environments: [" "] } }],
  refusedCredentials: [{ name: "no secret", credentials: {} }],
  startFake: () => startFakeVendor(() => ({ status: 404, body: "nobody is asked" })),
  incoming: {
    deliveries: [
      {
        name: "a flag that was turned on",
        request: signed(entry),
        meanings: [
          {
            kind: "change",
            change: {
              ...{ source: "feature_flag", change_kind: "feature_flag", resource_name: "new-tax", service: "cart" },
              changes: [{ field: "on", old_value: false, new_value: true }],
              ...{ environment: "production", actor: "ariel@acme.test" },
              ...{ external_id: "57c0a8e29969090743529965:production", detected_at: "2026-01-01T11:59:30.000Z" },
            },
          },
        ],
      },
      {
        name: "a project that was renamed",
        request: signed({ ...entry, kind: "project" }),
        meanings: [{ kind: "ignored", reason: "It is about a project, not about a flag." }],
      },
    ],
    signsBody: true,
    otherCredentials: { secret: "another-secret" },
    replayWindowS: { skipped: "LaunchDarkly signs no time; an entry's id is taken once" },
  },
  health: {
    expired: { skipped: "LaunchDarkly is not asked" },
    missingScope: { skipped: "LaunchDarkly is not asked" },
    revoked: { skipped: "LaunchDarkly is not asked" },
    good: "unknown",
    asksNobody: true,
  },
});

test("environments that do not matter are left out, and an entry without versions says what was done", () => {
  const map = (body: object, environments: string[]) => {
    const delivery = launchdarkly.incoming?.read(someRequest(body));
    return (delivery && launchdarkly.incoming?.map(delivery, { environments }, testNow)) ?? [];
  };
  expect(map(entry, ["staging"])).toEqual([
    { kind: "ignored", reason: "production is not among the environments of this integration." },
  ]);
  const { previousVersion: _p, currentVersion: _c, ...bare } = entry;
  expect(map(bare, [])).toMatchObject([
    { kind: "change", change: { changes: [{ field: "action", new_value: "updateOn" }] } },
  ]);
});
