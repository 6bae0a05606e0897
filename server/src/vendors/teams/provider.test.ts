import { afterEach, expect, test } from "vitest";
import {
  connectionTo,
  type FakeVendor,
  hostileMessage,
  hugeMessage,
  noSignal,
  someMessage,
  startFakeVendor,
} from "../shared/fake-vendor.fixture.ts";
import { teams } from "./provider.ts";
import { renderTeams, teamsBytesMax } from "./render.ts";

const path = "/workflows/0123456789abcdef/triggers/manual/paths/invoke";
const signature = "sig-0123456789";
let fake: FakeVendor | undefined;
afterEach(() => fake?.close());

/** A fake of the Workflows webhook: 202 without a body, as the trigger answers; 413 beyond its limit. */
async function open() {
  fake = await startFakeVendor(({ method, path: asked, query, text, json }) => {
    if (method !== "POST" || asked !== path || query.sig !== signature)
      return { status: 401, json: { error: { code: "DirectApiAuthorizationRequired", message: `sig ${query.sig}` } } };
    if (Buffer.byteLength(text) > teamsBytesMax) return { status: 413, text: "too large" };
    const attachments = json?.attachments as readonly { contentType: string }[] | undefined;
    if (attachments?.[0]?.contentType !== "application/vnd.microsoft.card.adaptive") return { status: 400 };
    return { status: 202, headers: { "x-ms-workflow-run-id": "08584" } };
  });
  return { fake, url: `${fake.url}${path}?api-version=1&sig=${signature}` };
}

test("a card goes out once and has no id to be changed by", async () => {
  const { fake: server, url } = await open();
  const connection = connectionTo({ channel: "alerts" }, { webhook_url: url });
  const sent = await teams.outgoing?.send(renderTeams(someMessage()), connection, "key", noSignal);
  expect(sent).toEqual({ externalRef: null, response: { status: 202, run: "08584" } });
  expect(teams.outgoing).toMatchObject({ repeat: "atMostOnce" });
  expect(teams.outgoing?.update).toBeUndefined();
  expect(server.received[0]?.json).toMatchObject({
    attachments: [{ content: { type: "AdaptiveCard", actions: [{ title: "Confirm" }, { title: "Reject" }, {}] } }],
  });
});

test("hostile texts stand in text runs only, where Teams reads neither Markdown nor mentions", () => {
  const texts: string[] = [];
  JSON.stringify(renderTeams(hostileMessage()), (key, value: unknown) => {
    if (typeof value === "string" && value.includes("@everyone")) texts.push(key);
    return value;
  });
  expect(new Set(texts)).toEqual(new Set(["text"]));
  expect(JSON.stringify(renderTeams(hostileMessage()))).not.toMatch(/"TextBlock"|"entities"/);
});

test("a message far too long stays within 28 KB, and the card says what was left out", async () => {
  const { url } = await open();
  const rendered = renderTeams(hugeMessage());
  const connection = connectionTo({ channel: "alerts" }, { webhook_url: url });
  await expect(teams.outgoing?.send(rendered, connection, "key", noSignal)).resolves.toBeDefined();
  expect(JSON.stringify(rendered)).toMatch(/\d+ more parts left out: too long for Teams/);
});

test("a refusal names no part of the address", async () => {
  const { url } = await open();
  const wrong = url.replace(signature, "another-signature");
  const connection = connectionTo({ channel: "alerts" }, { webhook_url: wrong });
  const error = await teams.outgoing?.send(renderTeams(someMessage()), connection, "k", noSignal).catch((e) => e);
  expect(error).toMatchObject({ status: 401, isWorthRetrying: false });
  expect(String(error)).not.toContain("another-signature");
});
