import { expect, test } from "vitest";
import { provesProvider } from "../provider-conformance.ts";
import { atMost, someRequest, testNow } from "../shared/connect.fixture.ts";
import { textAt } from "../shared/read-body.ts";
import { startFakeVendor } from "../start-fake-vendor.ts";
import { mapDatadogWebhook, payloadTemplate } from "./map-webhook.ts";
import { datadog } from "./provider.ts";

const key = "0123456789abcdef0123456789abcdef";
const secret = "secret-of-the-webhook";
/** The template as Datadog fills it in. */
const filled = {
  ...payloadTemplate,
  event_id: "1234567",
  monitor_id: "42",
  transition: "Triggered",
  type: "error",
  priority: "P2",
  title: "[Triggered] Cart errors on {service:cart}",
  message: "More than 5 %",
  scope: "service:cart,env:staging",
  tags: "env:staging,service:cart,monitor",
  link: "https://app.datadoghq.com/event/1234567",
  date: String(testNow.getTime()),
};
const answering = (status: number) =>
  ({ kind: "answer", answer: { status, body: { errors: ["Forbidden"] } } }) as const;

provesProvider(datadog, {
  now: testNow,
  config: { tags: ["env:production"] },
  credentials: { api_key: key, webhook_secret: secret },
  refusedConfigs: [{ name: "an address that is none", config: { api_url: "datadoghq.eu" } }],
  refusedCredentials: [{ name: "an application key", credentials: { api_key: "0123456789" } }],
  startFake: () =>
    startFakeVendor(({ method, path, headers, json }) => {
      if (headers["dd-api-key"] !== key) return { status: 403, body: { errors: ["Forbidden"] } };
      if (path === "/api/v1/validate") return { status: 200, body: { valid: true } };
      if (method !== "POST" || path !== "/api/v1/events") return { status: 404, body: { errors: ["Not found"] } };
      const [title, text] = [textAt(json, "title"), textAt(json, "text")];
      if (title === null || text === null || text.length > 4000)
        return { status: 400, body: { errors: ["Bad Request"] } };
      return { status: 202, body: { status: "ok", event: { id: 99, id_str: "99", title } } };
    }),
  incoming: {
    deliveries: [
      {
        name: "a monitor",
        request: someRequest(filled, { "x-culprit-secret": secret }),
        meanings: [
          {
            kind: "alert",
            alert: {
              status: "firing",
              fingerprint: "datadog:42:service:cart,env:staging",
              title: "[Triggered] Cart errors on {service:cart}",
              description: "More than 5 %",
              severity: "high",
              service: "cart",
              environment: "staging",
              startsAt: testNow,
              endsAt: null,
              labels: {
                env: "staging",
                service: "cart",
                monitor: "",
                transition: "Triggered",
                scope: "service:cart,env:staging",
                monitor_id: "42",
              },
              url: "https://app.datadoghq.com/event/1234567",
            },
          },
        ],
      },
    ],
    signsBody: false,
    otherCredentials: { api_key: key, webhook_secret: "another-secret" },
    replayWindowS: { skipped: "Datadog signs nothing; an event's id is taken once" },
  },
  outgoing: {
    withinLimits: (rendered) => {
      atMost(500, rendered.title, "the title");
      atMost(4000, rendered.text, "the text");
    },
    forbidden: ["@everyone", "@here", "@channel"],
    made: ({ requests }) => requests.filter(({ method }) => method === "POST").length,
    newest: ({ requests }) => requests.at(-1)?.body ?? "",
  },
  health: {
    expired: { fake: answering(403), says: /Enter an API key/ },
    missingScope: { skipped: "an API key has one right, to send" },
    revoked: { fake: answering(403), says: /Enter an API key/ },
  },
});

test("a recovery ends the alert, a warning is less than an error, and a webhook without our payload is told so", () => {
  const mapped = (overrides: object) => mapDatadogWebhook({ ...filled, ...overrides })[0];
  expect(mapped({ transition: "Warn recovered" })).toMatchObject({ alert: { status: "resolved", endsAt: testNow } });
  expect(mapped({ priority: "", type: "warning" })).toMatchObject({ alert: { severity: "medium" } });
  expect(mapDatadogWebhook({ id: "1", title: "x" })).toEqual([
    { kind: "ignored", reason: "It names no monitor: give the webhook the payload from the integration's page." },
  ]);
  expect(mapDatadogWebhook(payloadTemplate)).toMatchObject([{ kind: "ignored" }]);
});
