import { expect, test } from "vitest";
import { provesProvider } from "../provider-conformance.ts";
import { someRequest, testNow } from "../shared/connect.fixture.ts";
import { startFakeVendor } from "../start-fake-vendor.ts";
import { notification } from "./notification.fixture.ts";
import { alertmanager } from "./provider.ts";

const token = "token-of-alertmanager";
const basic = `Basic ${Buffer.from(`prom:${token}`).toString("base64")}`;
const meanings = [
  {
    kind: "alert",
    alert: {
      status: "firing",
      fingerprint: "c2b6f9a1b2c3d4e5",
      title: "The cart fails",
      description: "5 % of its requests",
      severity: "critical",
      service: "cart",
      environment: "staging",
      startsAt: new Date("2026-01-01T11:58:00Z"),
      endsAt: null,
      labels: {
        alertname: "CartErrorsHigh",
        severity: "critical",
        service: "cart",
        env: "staging",
        "annotation.summary": "The cart fails",
        "annotation.description": "5 % of its requests",
      },
      url: "http://prometheus:9090/graph?g0.expr=x",
    },
  },
  {
    kind: "alert",
    alert: {
      status: "resolved",
      fingerprint: "0011223344556677",
      title: "DiskFull",
      description: "DiskFull",
      severity: "high",
      service: "node",
      environment: null,
      startsAt: new Date("2026-01-01T10:00:00Z"),
      endsAt: new Date("2026-01-01T11:00:00Z"),
      labels: { alertname: "DiskFull", job: "node" },
      url: null,
    },
  },
] as const;

provesProvider(alertmanager, {
  now: testNow,
  config: { url: "http://alertmanager.example.com:9093/", username: "prom" },
  credentials: { token },
  refusedConfigs: [{ name: "an address that is none", config: { url: "alertmanager:9093" } }],
  refusedCredentials: [{ name: "no token", credentials: {} }],
  startFake: () =>
    startFakeVendor(({ path }) => {
      if (path === "/-/healthy") return { status: 200, body: "OK" };
      if (path !== "/api/v2/status") return { status: 404, body: "not found" };
      return { status: 200, body: { cluster: { status: "ready" }, versionInfo: { version: "0.25.0" } } };
    }),
  incoming: {
    deliveries: [
      {
        name: "several alerts, with a bearer token",
        request: someRequest(notification(), { authorization: `Bearer ${token}` }),
        meanings,
      },
      { name: "with basic auth", request: someRequest(notification(), { authorization: basic }), meanings },
      {
        name: "what only says that alerting works, and alerts left out",
        request: someRequest(
          notification({
            truncatedAlerts: 3,
            alerts: [
              {
                status: "firing",
                labels: { alertname: "Watchdog", severity: "none" },
                startsAt: "2026-01-01T00:00:00Z",
              },
            ],
          }),
          { authorization: `Bearer ${token}` },
        ),
        meanings: [
          { kind: "ignored", reason: "Watchdog has the severity none: it only says that alerting works." },
          { kind: "ignored", reason: "The sender left out 3 more alerts: raise its limit max_alerts." },
        ],
      },
    ],
    signsBody: false,
    otherCredentials: { token: "another-token" },
    replayWindowS: { skipped: "Alertmanager sends no time and no signature; the same bytes are taken once" },
  },
  health: {
    expired: { skipped: "Alertmanager is asked without a token" },
    missingScope: { skipped: "Alertmanager knows no rights" },
    revoked: { fake: { kind: "answer", answer: { status: 404, body: "not found" } }, says: /runs at that address/ },
  },
});

test("without an address of its own it is not asked, and says so", async () => {
  const connection = { config: {}, credentials: { token } } as unknown as Parameters<typeof alertmanager.check>[0];
  const found = await alertmanager.check(connection, AbortSignal.timeout(1000));
  expect(found).toMatchObject({ status: "unknown" });
});

test("senders that name no fingerprint get one of the labels, whatever their order", () => {
  const read = (labels: object) => {
    const alerts = [{ status: "firing", labels, annotations: {}, startsAt: "2026-01-01T00:00:00Z" }];
    const delivery = alertmanager.incoming?.read(someRequest(notification({ alerts })));
    const [meaning] = (delivery && alertmanager.incoming?.map(delivery, { auto_resolve: true }, new Date())) ?? [];
    return meaning?.kind === "alert" ? meaning.alert.fingerprint : null;
  };
  expect(read({ a: "1", b: "2" })).toBe(read({ b: "2", a: "1" }));
  expect(read({ a: "1", b: "2" })).not.toBe(read({ a: "1", b: "3" }));
});
