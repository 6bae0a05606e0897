import { provesProvider } from "../provider-conformance.ts";
import { someRequest, testNow } from "../shared/connect.fixture.ts";
import { startFakeVendor } from "../start-fake-vendor.ts";
import { unleash } from "./provider.ts";

const token = "token-of-unleash";
const authorized = { authorization: `Bearer ${token}` };
/** An event as https://docs.getunleash.io/integrate/webhook sends it. */
const event = {
  id: 4711,
  type: "feature-environment-enabled",
  createdBy: "ada",
  createdAt: "2026-01-01T11:59:00.000Z",
  featureName: "new-tax",
  project: "default",
  environment: "staging",
  data: null,
  preData: null,
};
const common = { source: "feature_flag", change_kind: "feature_flag", resource_name: "new-tax" } as const;

provesProvider(unleash, {
  now: testNow,
  config: {},
  credentials: { token },
  refusedConfigs: [{ name: "an environment without a name", config: { default_environment: "" } }],
  refusedCredentials: [{ name: "no token", credentials: {} }],
  startFake: () => startFakeVendor(() => ({ status: 404, body: "nobody is asked" })),
  incoming: {
    deliveries: [
      {
        name: "a flag that was turned on in one environment",
        request: someRequest(event, authorized),
        meanings: [
          {
            kind: "change",
            change: {
              ...common,
              changes: [{ field: "enabled", old_value: false, new_value: true }],
              ...{ environment: "staging", actor: "ada", external_id: "4711", detected_at: "2026-01-01T11:59:00.000Z" },
            },
          },
        ],
      },
      {
        name: "a strategy that was changed everywhere",
        request: someRequest(
          {
            ...event,
            id: 4712,
            type: "feature-strategy-update",
            environment: null,
            preData: { name: "flexibleRollout", parameters: { rollout: "10" } },
            data: { name: "flexibleRollout", parameters: { rollout: "100" } },
          },
          authorized,
        ),
        meanings: [
          {
            kind: "change",
            change: {
              ...common,
              changes: [{ field: "parameters.rollout", old_value: "10", new_value: "100" }],
              ...{
                environment: "production",
                actor: "ada",
                external_id: "4712",
                detected_at: "2026-01-01T11:59:00.000Z",
              },
            },
          },
        ],
      },
      {
        name: "a tag",
        request: someRequest({ ...event, type: "feature-tagged" }, authorized),
        meanings: [{ kind: "ignored", reason: "feature-tagged turns no flag." }],
      },
    ],
    signsBody: false,
    otherCredentials: { token: "another-token" },
    replayWindowS: { skipped: "Unleash signs nothing; an event's id is taken once" },
  },
  health: {
    expired: { skipped: "Unleash is not asked" },
    missingScope: { skipped: "Unleash is not asked" },
    revoked: { skipped: "Unleash is not asked" },
    good: "unknown",
    asksNobody: true,
  },
});
