import { afterEach, expect, test } from "vitest";
import { plainMessage } from "../conformance-messages.ts";
import { provesProvider } from "../provider-conformance.ts";
import { atMost, connectTo, noSignal, someRequest, testNow } from "../shared/connect.fixture.ts";
import { recordAt, textAt } from "../shared/read-body.ts";
import { hmacHex } from "../shared/signatures.ts";
import { type FakeVendor, startFakeVendor } from "../start-fake-vendor.ts";
import { grafana } from "./provider.ts";

const secret = "secret-of-the-contact-point";
const token = "glsa_token_of_the_service_account";
const entered = {
  config: { url: "https://grafana.example.com", dashboard_uid: "abc", timestamp_header: "X-Sent-At" },
  credentials: { hmac_secret: secret, service_account_token: token },
};

/** A fake of the annotations API: keeps what is posted, finds it by its tags. */
const startFake = () => {
  const kept: { id: number; tags: string[] }[] = [];
  return startFakeVendor(({ method, path, query, headers, json }) => {
    if (headers.authorization !== `Bearer ${token}`) return { status: 401, body: { message: "Invalid API key" } };
    const body = recordAt(json);
    if (method === "GET" && path === "/api/annotations") {
      const wanted = query.getAll("tags");
      return { status: 200, body: kept.filter(({ tags }) => wanted.every((tag) => tags.includes(tag))) };
    }
    if (method === "PATCH") return { status: 200, body: { message: "Annotation patched" } };
    if (method !== "POST" || path !== "/api/annotations") return { status: 404, body: { message: "Not found" } };
    if (typeof body.time !== "number" || textAt(body, "text") === null)
      return { status: 400, body: { message: "bad request" } };
    kept.push({ id: kept.length + 1, tags: body.tags as string[] });
    return { status: 200, body: { message: "Annotation added", id: kept.length } };
  });
};

/** The example of the webhook notifier's page, shortened. */
const body = JSON.stringify({
  receiver: "culprit",
  status: "firing",
  orgId: 1,
  groupKey: "{}:{}",
  truncatedAlerts: 0,
  version: "1",
  title: "[FIRING:1] High memory usage",
  state: "alerting",
  message: "…",
  alerts: [
    {
      status: "firing",
      labels: { alertname: "High memory usage", team: "blue", zone: "us-1", grafana_folder: "Ops" },
      annotations: {
        description: "The system has high memory usage",
        runbook_url: "https://myrunbook.com/runbook/1234",
      },
      startsAt: "2026-01-01T11:51:03.157076+02:00",
      endsAt: "0001-01-01T00:00:00Z",
      generatorURL: "https://play.grafana.org/alerting/1afz29v7z/edit",
      fingerprint: "c6eadffa33fcdf37",
      silenceURL: "https://play.grafana.org/alerting/silence/new",
      dashboardURL: "",
      panelURL: "",
      values: { B: 44.23943737541908 },
      valueString: "[ metric='' labels={} value=44.2 ]",
    },
  ],
});
const sentAt = String(testNow.getTime() / 1000);
const signed = { "x-sent-at": sentAt, "x-grafana-alerting-signature": hmacHex(secret, `${sentAt}:`, body) };
const answering = (status: number) => ({ kind: "answer", answer: { status, body: { message: "no" } } }) as const;

provesProvider(grafana, {
  now: testNow,
  ...entered,
  refusedConfigs: [{ name: "an address that is none", config: { url: "grafana" } }],
  refusedCredentials: [{ name: "an empty token", credentials: { token: "" } }],
  startFake,
  incoming: {
    deliveries: [
      {
        name: "an alert of unified alerting",
        request: someRequest(body, signed),
        meanings: [
          {
            kind: "alert",
            alert: {
              status: "firing",
              fingerprint: "c6eadffa33fcdf37",
              title: "High memory usage",
              description: "The system has high memory usage",
              severity: "high",
              service: null,
              environment: null,
              startsAt: new Date("2026-01-01T09:51:03.157Z"),
              endsAt: null,
              labels: {
                alertname: "High memory usage",
                team: "blue",
                zone: "us-1",
                grafana_folder: "Ops",
                "annotation.description": "The system has high memory usage",
                "annotation.runbook_url": "https://myrunbook.com/runbook/1234",
              },
              url: "https://play.grafana.org/alerting/1afz29v7z/edit",
            },
          },
        ],
      },
    ],
    signsBody: true,
    otherCredentials: { hmac_secret: "another-secret" },
    replayWindowS: 300,
  },
  outgoing: {
    withinLimits: (rendered) => atMost(4000, rendered.text, "the text"),
    forbidden: ["<script>", "<!channel>", 'href=\\"javascript'],
    made: ({ requests }) => requests.filter(({ method }) => method === "POST").length,
    newest: ({ requests }) => requests.at(-1)?.body ?? "",
  },
  health: {
    expired: { fake: answering(401), says: /service account/ },
    missingScope: { fake: answering(403), says: /role Editor/ },
    revoked: { skipped: "a token that was deleted is answered as a wrong one" },
  },
});

let fake: FakeVendor | undefined;
afterEach(() => fake?.close());

test("a contact point without HMAC is known by its token, one without a timestamp header by the body alone", async () => {
  fake = await startFake();
  const plain = connectTo(grafana, fake, { config: {}, credentials: { token: "token-of-the-contact-point" } });
  const verify = (headers: Record<string, string>, to = plain) =>
    grafana.incoming?.verify(someRequest(body, headers), to).ok;
  expect(verify({ authorization: "Bearer token-of-the-contact-point" })).toBe(true);
  expect(verify({ authorization: "Bearer another" })).toBe(false);
  expect(verify({})).toBe(false);
  const untimed = connectTo(grafana, fake, { config: {}, credentials: { hmac_secret: secret } });
  expect(verify({ "x-grafana-alerting-signature": hmacHex(secret, body) }, untimed)).toBe(true);
  const nothing = connectTo(grafana, fake, { config: {}, credentials: {} });
  expect(verify({ authorization: "Bearer undefined" }, nothing)).toBe(false);
  expect((await grafana.check(plain, noSignal)).status).toBe("unknown");
});

test("an annotation stands on the dashboard of the settings, at the time it was sent", async () => {
  fake = await startFake();
  const connection = connectTo(grafana, fake, entered);
  const rendered = grafana.outgoing?.render(plainMessage, connection.config) ?? {};
  await grafana.outgoing?.send(rendered, connection, "key", noSignal);
  expect(fake.requests[0]?.json).toMatchObject({
    dashboardUID: "abc",
    time: testNow.getTime(),
    tags: ["culprit", "bad", expect.stringMatching(/^culprit-/)],
  });
});
