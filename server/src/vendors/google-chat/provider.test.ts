import { afterEach, expect, test } from "vitest";
import { hostileMessage, plainMessage } from "../conformance-messages.ts";
import { provesProvider } from "../provider-conformance.ts";
import { atMostBytes, connectTo, noSignal, testNow } from "../shared/connect.fixture.ts";
import { type FakeVendor, startFakeVendor } from "../start-fake-vendor.ts";
import { googleChat } from "./provider.ts";
import { chatBytesMax, renderGoogleChat } from "./render.ts";

const path = "/v1/spaces/AAAA/messages";
const entered = {
  config: { space: "ops" },
  credentials: { webhook_url: `https://chat.googleapis.com${path}?key=key-of-the-space&token=token-of-the-space-0123` },
};

/** A fake of the webhook: one message for a requestId, 400 beyond 32,000 bytes. */
const startFake = () => {
  const made = new Map<string, string>();
  return startFakeVendor(({ path: asked, query, body, json }) => {
    if (asked !== path || query.get("token") !== "token-of-the-space-0123")
      return { status: 401, body: { error: { code: 401, status: "UNAUTHENTICATED" } } };
    if (Buffer.byteLength(body) > chatBytesMax || (json as { cardsV2?: unknown }).cardsV2 === undefined)
      return { status: 400, body: { error: { code: 400, status: "INVALID_ARGUMENT" } } };
    const id = query.get("requestId") ?? String(made.size);
    const name = made.get(id) ?? `spaces/AAAA/messages/${made.size}`;
    made.set(id, name);
    return { status: 200, body: { name, thread: { name: "spaces/AAAA/threads/1" } } };
  });
};

provesProvider(googleChat, {
  now: testNow,
  ...entered,
  refusedConfigs: [{ name: "no space", config: {} }],
  refusedCredentials: [
    { name: "another address", credentials: { webhook_url: "https://chat.google.com/room/AAAA-BBBB" } },
  ],
  startFake,
  outgoing: {
    withinLimits: (rendered) => atMostBytes(chatBytesMax, rendered),
    forbidden: ["<script>", "<!channel>", "<@U012AB3CD>"],
    made: ({ requests }) => new Set(requests.map(({ query }) => query.get("requestId"))).size,
    newest: ({ requests }) => requests.at(-1)?.body ?? "",
  },
  health: {
    good: "unknown",
    asksNobody: true,
    expired: { skipped: "a webhook can't be asked without sending a message" },
    missingScope: { skipped: "a webhook can't be asked without sending a message" },
    revoked: { skipped: "a webhook can't be asked without sending a message" },
  },
});

let fake: FakeVendor | undefined;
afterEach(() => fake?.close());

test("messages go to the thread that the settings name", async () => {
  fake = await startFake();
  const connection = connectTo(googleChat, fake, { ...entered, config: { space: "ops", thread_key: "alerts" } });
  const rendered = googleChat.outgoing?.render(plainMessage, connection.config) ?? {};
  await googleChat.outgoing?.send(rendered, connection, "a", noSignal);
  expect(fake.requests[0]?.query.get("messageReplyOption")).toBe("REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD");
  expect(fake.requests[0]?.json).toMatchObject({ thread: { threadKey: "alerts" } });
});

test("a message has no text of its own, in which alone mentions work", () => {
  expect(renderGoogleChat(hostileMessage)).not.toHaveProperty("text");
});
