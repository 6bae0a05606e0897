import { afterAll, expect, test } from "vitest";
import type { IncomingRequest, Meaning } from "../../domains/integration/index.ts";
import { provesProvider } from "../provider-conformance.ts";
import { type FakeRequest, startFakeVendor } from "../start-fake-vendor.ts";
import { webhook } from "./provider.ts";
import { checkSigned, SIGNATURE_HEADER, signBody } from "./sign.ts";

const now = new Date("2026-11-21T10:00:00Z");
const secret = "a-secret-that-both-sides-know";
const credentials = { secret, url: "https://hooks.example.com/in/0f1e2d3c4b5a" };

/** As the help says: the signature is checked, a key that was seen is answered as before, a ping makes nothing. */
const store = new Map<object, Map<string, FakeRequest>>();
async function startFake() {
  const made = new Map<string, FakeRequest>();
  const fake = await startFakeVendor((request) => {
    const signed = checkSigned(secret, request.headers[SIGNATURE_HEADER], Buffer.from(request.body), now);
    if (!signed.ok) return { status: 401, body: { error: signed.reason } };
    const { type, updates } = request.json as { type: string; updates?: string };
    const key = updates ?? request.headers["idempotency-key"] ?? "";
    if (type !== "ping" && (updates !== undefined || !made.has(key))) made.set(key, request);
    return { status: 202, body: { id: key } };
  });
  store.set(fake, made);
  return fake;
}

function signed(body: unknown, headers: Record<string, string> = {}): IncomingRequest {
  const text = JSON.stringify(body);
  return {
    headers: { ...headers, [SIGNATURE_HEADER]: signBody(secret, text, now) },
    query: {},
    body: Buffer.from(text),
  };
}

const alert = {
  fingerprint: "disk:db-1",
  title: "Disk full",
  severity: "critical",
  service: "db",
  starts_at: "2026-11-21T09:59:00Z",
};
const firing: Extract<Meaning, { kind: "alert" }> = {
  kind: "alert",
  alert: {
    status: "firing",
    fingerprint: "disk:db-1",
    title: "Disk full",
    description: "",
    severity: "critical",
    service: "db",
    environment: null,
    startsAt: new Date("2026-11-21T09:59:00Z"),
    endsAt: null,
    labels: {},
    url: null,
  },
};
const deployed = { type: "deploy.finished", subject: "deploy:7", version: "1.2" };

provesProvider(webhook, {
  now,
  config: { title: "the deploy bot" },
  credentials,
  refusedConfigs: [{ name: "an empty title", config: { title: "" } }],
  refusedCredentials: [
    { name: "a short secret", credentials: { secret: "tooshort" } },
    { name: "no http address", credentials: { secret, url: "ftp://hooks.example.com/abcdef" } },
  ],
  startFake,
  incoming: {
    deliveries: [
      {
        name: "an event",
        request: signed(deployed),
        meanings: [{ kind: "event", type: "deploy.finished", subject: "deploy:7", payload: deployed }],
      },
      {
        name: "an event named by a header",
        request: signed({ version: "1.2" }, { "culprit-event": "deploy.started", "idempotency-key": "d-7" }),
        meanings: [{ kind: "event", type: "deploy.started", subject: null, payload: { version: "1.2" } }],
      },
      { name: "an alert", request: signed({ alert }), meanings: [firing] },
      {
        name: "an alert of a fingerprint and a title, which began when it was received",
        request: signed({ alert: { fingerprint: "disk:db-1", title: "Disk full" } }),
        meanings: [{ kind: "alert", alert: { ...firing.alert, severity: "high", service: null, startsAt: now } }],
      },
      {
        name: "an alert that can't be read",
        request: signed({ alert: { title: "x" } }),
        meanings: [{ kind: "ignored", reason: expect.stringContaining("fingerprint") }],
      },
      {
        name: "a type that is no name",
        request: signed({ type: "Deploy finished!" }),
        meanings: [{ kind: "ignored", reason: expect.stringContaining("Deploy finished!") }],
      },
    ],
    signsBody: true,
    otherCredentials: { secret: "another-secret-of-length" },
    replayWindowS: 300,
  },
  outgoing: {
    withinLimits: (rendered) => expect(JSON.stringify(rendered).length).toBeLessThan(1_000_000),
    forbidden: [],
    made: (fake) => store.get(fake)?.size ?? 0,
    newest: (fake) => [...(store.get(fake)?.values() ?? [])].at(-1)?.body ?? "",
  },
  health: {
    readsNoBody: true,
    expired: { fake: { kind: "answer", answer: { status: 401 } }, says: /secret/ },
    missingScope: { fake: { kind: "answer", answer: { status: 403 } }, says: /secret/ },
    revoked: { fake: { kind: "answer", answer: { status: 410 } }, says: /address/ },
  },
});

test("one that only takes in has nobody to ask, and is well", async () => {
  const connection = {
    integrationId: "",
    projectId: "",
    config: { title: "in", auto_resolve: true },
    credentials: { secret },
    http: { request: () => Promise.reject(new Error("nobody is asked")) },
    now: () => now,
  };
  expect(await webhook.check(connection, new AbortController().signal)).toMatchObject({ status: "healthy" });
});

afterAll(() => store.clear());
