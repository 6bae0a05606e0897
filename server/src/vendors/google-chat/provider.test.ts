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
import { googleChat } from "./provider.ts";
import { chatBytesMax, renderGoogleChat } from "./render.ts";

const path = "/v1/spaces/AAAA/messages";
const token = "token-of-the-space-0123";
let fake: FakeVendor | undefined;
afterEach(() => fake?.close());

/** A fake of the webhook: one message for a requestId, 400 beyond 32,000 bytes. */
async function open() {
  const made = new Map<string, string>();
  fake = await startFakeVendor(({ path: asked, query, text, json }) => {
    if (asked !== path || query.token !== token) return { status: 401, json: { error: { code: 401, message: "bad" } } };
    if (Buffer.byteLength(text) > chatBytesMax || json?.cardsV2 === undefined) return { status: 400, text: "invalid" };
    const id = query.requestId ?? String(made.size);
    const name = made.get(id) ?? `spaces/AAAA/messages/${made.size}`;
    made.set(id, name);
    return { json: { name, thread: { name: "spaces/AAAA/threads/1" } } };
  });
  const connection = connectionTo({ space: "ops" }, { webhook_url: `${fake.url}${path}?key=k&token=${token}` });
  return { fake, connection, made };
}

test("the same key twice makes one message", async () => {
  const { connection, made } = await open();
  const send = (key: string) => googleChat.outgoing?.send(renderGoogleChat(someMessage()), connection, key, noSignal);
  const [first, again, other] = [await send("a"), await send("a"), await send("b")];
  expect(first?.externalRef).toBe(again?.externalRef);
  expect(other?.externalRef).not.toBe(first?.externalRef);
  expect(made.size).toBe(2);
});

test("messages go to the thread that the settings name", async () => {
  const { connection, fake: server } = await open();
  const threaded = { ...connection, config: { space: "ops", thread_key: "alerts" } };
  const rendered = googleChat.outgoing?.render(someMessage(), threaded.config) ?? {};
  await googleChat.outgoing?.send(rendered, threaded, "a", noSignal);
  expect(server.received[0]?.query.messageReplyOption).toBe("REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD");
  expect(server.received[0]?.json).toMatchObject({ thread: { threadKey: "alerts" } });
});

test("hostile texts hold no tag and no text of a message, in which alone mentions work", () => {
  const rendered = renderGoogleChat(hostileMessage());
  expect(rendered).not.toHaveProperty("text");
  const { cardsV2 } = rendered as { cardsV2: { card: { sections: { widgets: object[] }[] } }[] };
  const widgets = JSON.stringify(cardsV2[0]?.card.sections[0]?.widgets);
  expect(widgets.replaceAll(/<\/?b>/g, "")).not.toMatch(/<[a-z!@/]/);
});

test("a message far too long stays within 32,000 bytes and says what was left out", async () => {
  const { connection } = await open();
  const rendered = renderGoogleChat(hugeMessage());
  await expect(googleChat.outgoing?.send(rendered, connection, "a", noSignal)).resolves.toBeDefined();
  expect(JSON.stringify(rendered)).toMatch(/\d+ more parts left out: too long for Google Chat/);
});

test("a refusal names no part of the address", async () => {
  const { connection } = await open();
  const credentials = { webhook_url: connection.credentials.webhook_url.replace(token, "a-wrong-token-99") };
  const error = await googleChat.outgoing
    ?.send(renderGoogleChat(someMessage()), { ...connection, credentials }, "a", noSignal)
    .catch((e) => e);
  expect(error).toMatchObject({ status: 401 });
  expect(String(error)).not.toContain("a-wrong-token-99");
});
