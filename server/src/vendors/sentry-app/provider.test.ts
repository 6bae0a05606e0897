import { expect, test } from "vitest";
import { provesProvider } from "../provider-conformance.ts";
import { someRequest, testNow } from "../shared/connect.fixture.ts";
import { hmacHex } from "../shared/signatures.ts";
import { startFakeVendor } from "../start-fake-vendor.ts";
import { mapSentryHook } from "./map-hook.ts";
import { sentryApp } from "./provider.ts";

const secret = "client-secret-of-the-integration";
const token = "sntrys_token_of_the_integration";
const answering = (status: number) => ({ kind: "answer", answer: { status, body: { detail: "no" } } }) as const;

/** As the pages of issue alerts and metric alerts print them, shortened. */
const eventAlert = {
  action: "triggered",
  actor: { id: "sentry", name: "Sentry", type: "application" },
  data: {
    event: {
      event_id: "e4874d664c3540c1a32eab185f12c5ab",
      issue_id: "1170820242",
      title: "ReferenceError: heck is not defined",
      message: "",
      culprit: "?(<anonymous>)",
      level: "error",
      datetime: "2026-01-01T11:06:17.403000Z",
      tags: [
        ["environment", "staging"],
        ["browser", "Chrome 75.0.3770"],
      ],
      web_url: "https://sentry.io/organizations/test-org/issues/1170820242/events/e4874d66/",
    },
    triggered_rule: "Very Important Alert Rule!",
  },
  installation: { uuid: "a8e5d37a-696c-4c54-adb5-b3f28d64c7de" },
};
const metricAlert = {
  action: "critical",
  data: {
    description_text: "1000 events in the last 10 minutes",
    description_title: "Critical: Too many errors",
    metric_alert: {
      id: "4",
      alert_rule: { id: "7", name: "Too many errors", aggregate: "count()", query: "level:error", environment: null },
      date_started: "2026-01-01T11:08:00Z",
      date_closed: null,
      projects: ["shop"],
    },
    web_url: "https://sentry.io/organizations/test-org/alerts/rules/details/7/",
  },
};

function hook(resource: string, payload: object) {
  const body = JSON.stringify(payload);
  return someRequest(body, { "sentry-hook-resource": resource, "sentry-hook-signature": hmacHex(secret, body) });
}

provesProvider(sentryApp, {
  now: testNow,
  config: { organization: "test-org" },
  credentials: { client_secret: secret, auth_token: token },
  refusedConfigs: [{ name: "an organisation that is none", config: { organization: "../x" } }],
  refusedCredentials: [{ name: "no secret", credentials: { client_secret: "" } }],
  startFake: () =>
    startFakeVendor(({ path, headers }) => {
      if (headers.authorization !== `Bearer ${token}`) return { status: 401, body: { detail: "Invalid token" } };
      return path === "/api/0/organizations/test-org/" ? { status: 200, body: { slug: "test-org" } } : { status: 404 };
    }),
  incoming: {
    deliveries: [
      {
        name: "an alert of an issue rule",
        request: hook("event_alert", eventAlert),
        meanings: [
          {
            kind: "alert",
            alert: {
              status: "firing",
              fingerprint: "sentry:issue:1170820242",
              title: "ReferenceError: heck is not defined",
              description: "?(<anonymous>)",
              severity: "high",
              service: null,
              environment: "staging",
              startsAt: new Date("2026-01-01T11:06:17.403Z"),
              endsAt: null,
              labels: {
                environment: "staging",
                browser: "Chrome 75.0.3770",
                rule: "Very Important Alert Rule!",
                level: "error",
              },
              url: eventAlert.data.event.web_url,
            },
          },
        ],
      },
      {
        name: "a metric alert",
        request: hook("metric_alert", metricAlert),
        meanings: [
          {
            kind: "alert",
            alert: {
              status: "firing",
              fingerprint: "sentry:metric:7",
              title: "Too many errors",
              description: "1000 events in the last 10 minutes",
              severity: "critical",
              service: "shop",
              environment: null,
              startsAt: new Date("2026-01-01T11:08:00Z"),
              endsAt: null,
              labels: { aggregate: "count()", query: "level:error", projects: "shop" },
              url: metricAlert.data.web_url,
            },
          },
        ],
      },
    ],
    signsBody: true,
    otherCredentials: { client_secret: "another-secret" },
    replayWindowS: { skipped: "Sentry signs the body and not its time; the same bytes are taken once" },
  },
  health: {
    expired: { fake: answering(401), says: /Enter a token/ },
    missingScope: { fake: answering(403), says: /may read the organisation/ },
    revoked: { skipped: "a token that was deleted is answered as a wrong one" },
  },
});

test("an issue that was resolved in Sentry resolves what its alert opened; other news of it are events", () => {
  const issue = { id: "1170820242", title: "x", lastSeen: "2026-01-01T11:06:17Z", project: { slug: "shop" } };
  const [news, resolved] = mapSentryHook("issue", { action: "resolved", data: { issue } });
  expect(news).toMatchObject({ kind: "event", type: "sentry.issue.resolved", subject: "sentry:issue:1170820242" });
  expect(resolved).toMatchObject({ alert: { status: "resolved", fingerprint: "sentry:issue:1170820242" } });
  expect(mapSentryHook("issue", { action: "assigned", data: { issue } }).map(({ kind }) => kind)).toEqual(["event"]);
});

test("a metric alert that ends resolves what it opened, and what is not known is ignored with its reason", () => {
  const ended = { ...metricAlert, action: "resolved" };
  expect(mapSentryHook("metric_alert", ended)).toMatchObject([
    { alert: { status: "resolved", fingerprint: "sentry:metric:7" } },
  ]);
  expect(mapSentryHook("preprod_artifact", {})).toEqual([
    { kind: "ignored", reason: "Sentry's resource preprod_artifact is not known here." },
  ]);
  expect(mapSentryHook("installation", { action: "created" })).toMatchObject([{ kind: "ignored" }]);
});
