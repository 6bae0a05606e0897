import { afterEach, expect, test } from "vitest";
import { plainMessage } from "../conformance-messages.ts";
import { provesProvider } from "../provider-conformance.ts";
import { atMost, connectTo, noSignal, testNow } from "../shared/connect.fixture.ts";
import { textAt } from "../shared/read-body.ts";
import { type FakeVendor, startFakeVendor } from "../start-fake-vendor.ts";
import { opsgenie } from "./provider.ts";

const key = "12345678-aaaa-bbbb-cccc-1234567890ab";
const entered = { config: { team: "Checkout" }, credentials: { api_key: key } };

/** A fake of the alert API: takes what its documentation takes, for later, and answers 202. */
const startFake = () =>
  startFakeVendor(({ method, path, headers, json }) => {
    const requestId = "43a29c5c-3dbf-4fa4-9c26-f4f71023e120";
    if (headers.authorization !== `GenieKey ${key}`)
      return { status: 401, body: { message: "Could not authenticate" } };
    if (method === "GET" && path === "/v2/alerts") return { status: 200, body: { data: [], took: 0.1, requestId } };
    const isAlert = path === "/v2/alerts" && textAt(json, "message") !== null && !("tone" in Object(json));
    const isChange = /^\/v2\/alerts\/culprit-\w+\/(close|notes)$/.test(path);
    if (!isAlert && !isChange) return { status: 422, body: { message: "Request body is not processable" } };
    return { status: 202, body: { result: "Request will be processed", took: 0.3, requestId } };
  });
const answering = (status: number) => ({ kind: "answer", answer: { status, body: { message: "no" } } }) as const;

provesProvider(opsgenie, {
  now: testNow,
  ...entered,
  refusedConfigs: [{ name: "an address that is none", config: { api_url: "opsgenie" } }],
  refusedCredentials: [{ name: "no key", credentials: { api_key: "short-key" } }],
  startFake,
  outgoing: {
    withinLimits: (rendered) => {
      atMost(130, rendered.message, "the message");
      atMost(15_000, rendered.description, "the description");
      atMost(25_000, rendered.note, "the note");
    },
    forbidden: ["\u0000", "\u202e"],
    made: ({ requests }) =>
      new Set(
        requests
          .filter(({ path, method }) => path === "/v2/alerts" && method === "POST")
          .map(({ json }) => textAt(json, "alias")),
      ).size,
    newest: ({ requests }) => requests.at(-1)?.body ?? "",
  },
  health: {
    expired: { fake: answering(401), says: /Enter the key/ },
    missingScope: { fake: answering(403), says: /may read alerts/ },
    revoked: { skipped: "a key that was deleted is answered as a wrong one" },
  },
});

let fake: FakeVendor | undefined;
afterEach(() => fake?.close());

test("a good message closes the alert by its alias, any other is a note at it", async () => {
  fake = await startFake();
  const connection = connectTo(opsgenie, fake, entered);
  for (const tone of ["good", "bad"] as const) {
    const rendered = opsgenie.outgoing?.render({ ...plainMessage, tone }, connection.config) ?? {};
    await opsgenie.outgoing?.update?.("culprit-1", rendered, connection, "k", noSignal);
  }
  expect(fake.requests.map(({ path }) => path)).toEqual(["/v2/alerts/culprit-1/close", "/v2/alerts/culprit-1/notes"]);
  expect(opsgenie.help).toContain("5 April 2027");
});
