import { afterEach, expect, test } from "vitest";
import { plainMessage } from "../conformance-messages.ts";
import { provesProvider } from "../provider-conformance.ts";
import { atMostBytes, connectTo, noSignal, someRequest, testNow } from "../shared/connect.fixture.ts";
import { recordAt, textAt } from "../shared/read-body.ts";
import { hmacHex } from "../shared/signatures.ts";
import { type FakeVendor, startFakeVendor } from "../start-fake-vendor.ts";
import { mapPagerdutyEvent } from "./map-event.ts";
import { pagerduty } from "./provider.ts";
import { eventBytesMax, renderPagerduty } from "./render.ts";

const routingKey = "R".repeat(32);
const secret = "secret-of-the-subscription";
const entered = {
  config: { service: "Checkout" },
  credentials: { routing_key: routingKey, webhook_secret: secret },
};

/** A fake of Events API v2: 202 with the key, 400 for what its schema does not take. */
const startFake = () =>
  startFakeVendor(({ path, json }) => {
    const invalid = { status: 400, body: { status: "invalid event", message: "Event object is invalid", errors: [] } };
    if (path !== "/v2/enqueue" || textAt(json, "routing_key") !== routingKey) return invalid;
    if (!["trigger", "acknowledge", "resolve"].includes(textAt(json, "event_action") ?? "")) return invalid;
    const payload = recordAt(json, "payload");
    const isKnown = ["critical", "error", "warning", "info"].includes(textAt(payload, "severity") ?? "");
    if (textAt(payload, "summary") === null || textAt(payload, "source") === null || !isKnown) return invalid;
    if ((textAt(json, "dedup_key") ?? "").length > 255 || "tone" in recordAt(json)) return invalid;
    return {
      status: 202,
      body: { status: "success", message: "Event processed", dedup_key: textAt(json, "dedup_key") },
    };
  });

/** The example of https://developer.pagerduty.com/docs/webhooks-overview, shortened. */
const incident = {
  id: "PGR0VU2",
  type: "incident",
  html_url: "https://acme.pagerduty.com/incidents/PGR0VU2",
  number: 2,
  status: "triggered",
  incident_key: "d3640fbd41094207a1c11e58e46b1662",
  created_at: "2026-01-01T11:59:59Z",
  title: "A little bump in the road",
  service: { id: "PF9KMXH", summary: "API Service", type: "service_reference" },
  urgency: "high",
  priority: null,
  teams: [{ id: "PFCVPS0", summary: "Engineering" }],
  escalation_policy: { id: "PUS0KTE", summary: "Default" },
};
const triggered = {
  id: "5ac64822-4adc-4fda-ade0-410becf0de4f",
  event_type: "incident.triggered",
  resource_type: "incident",
  occurred_at: "2026-01-01T12:00:00Z",
  data: incident,
};
const body = JSON.stringify({ event: triggered });

provesProvider(pagerduty, {
  now: testNow,
  ...entered,
  refusedConfigs: [{ name: "no service", config: {} }],
  refusedCredentials: [{ name: "a short key", credentials: { routing_key: "too-short-a-key" } }],
  startFake,
  incoming: {
    deliveries: [
      {
        name: "an incident, signed by one of two secrets",
        request: someRequest(body, { "x-pagerduty-signature": `v1=${"0".repeat(64)},v1=${hmacHex(secret, body)}` }),
        meanings: [
          { kind: "event", type: "pagerduty.incident.triggered", subject: "pagerduty:PGR0VU2", payload: triggered },
          {
            kind: "alert",
            alert: {
              status: "firing",
              fingerprint: "pagerduty:PGR0VU2",
              title: "A little bump in the road",
              description: "A little bump in the road",
              severity: "high",
              service: "API Service",
              environment: null,
              startsAt: new Date("2026-01-01T11:59:59Z"),
              endsAt: null,
              labels: { urgency: "high", number: "2", escalation_policy: "Default", teams: "Engineering" },
              url: "https://acme.pagerduty.com/incidents/PGR0VU2",
            },
          },
        ],
      },
    ],
    signsBody: true,
    otherCredentials: { routing_key: routingKey, webhook_secret: "another-secret" },
    replayWindowS: { skipped: "PagerDuty signs no time of sending; an event's id is taken once" },
  },
  outgoing: {
    withinLimits: (rendered) => {
      atMostBytes(eventBytesMax, rendered);
      expect((textAt(recordAt(rendered, "payload"), "summary") ?? "").length).toBeLessThanOrEqual(1024);
    },
    // It shows plain text; only what would be an address of a script is kept away from its links.
    forbidden: ['"href":"javascript'],
    made: ({ requests }) => new Set(requests.map(({ json }) => textAt(json, "dedup_key"))).size,
    newest: ({ requests }) => requests.at(-1)?.body ?? "",
  },
  health: {
    good: "unknown",
    asksNobody: true,
    expired: { skipped: "a key of Events API v2 can't be asked without sending an event" },
    missingScope: { skipped: "a key of Events API v2 can't be asked without sending an event" },
    revoked: { skipped: "a key of Events API v2 can't be asked without sending an event" },
  },
});

let fake: FakeVendor | undefined;
afterEach(() => fake?.close());

test("a good message resolves the alert; a neutral one acknowledges it only where the settings say so", async () => {
  fake = await startFake();
  const connection = connectTo(pagerduty, fake, entered);
  const act = async (tone: "bad" | "good" | "neutral", acknowledges = false) => {
    const at = { ...connection, config: { ...connection.config, acknowledges } };
    const rendered = renderPagerduty({ ...plainMessage, tone }, "culprit");
    return (await pagerduty.outgoing?.update?.("culprit-1", rendered, at, "k", noSignal))?.response.event_action;
  };
  expect(await act("bad")).toBe("trigger");
  expect(await act("good")).toBe("resolve");
  expect(await act("neutral")).toBe("trigger");
  expect(await act("neutral", true)).toBe("acknowledge");
});

test("an incident that Culprit itself made opens none; a resolved one ends its alert; a test of the connection is nothing", () => {
  const kinds = (event: object, opens = true) => mapPagerdutyEvent({ event }, opens).map(({ kind }) => kind);
  expect(kinds({ ...triggered, data: { ...incident, incident_key: "culprit-abc" } })).toEqual(["event"]);
  expect(kinds(triggered, false)).toEqual(["event"]);
  expect(kinds({ event_type: "pagey.ping" })).toEqual(["ignored"]);
  expect(mapPagerdutyEvent({ event: { ...triggered, event_type: "incident.resolved" } }, true)[1]).toMatchObject({
    kind: "alert",
    alert: { status: "resolved", fingerprint: "pagerduty:PGR0VU2", endsAt: new Date("2026-01-01T12:00:00Z") },
  });
});
