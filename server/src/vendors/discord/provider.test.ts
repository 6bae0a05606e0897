import { afterEach, expect, test } from "vitest";
import { hostileMessage, plainMessage } from "../conformance-messages.ts";
import { provesProvider } from "../provider-conformance.ts";
import { connectTo, noSignal, testNow } from "../shared/connect.fixture.ts";
import { recordsAt, textAt } from "../shared/read-body.ts";
import { type FakeVendor, startFakeVendor } from "../start-fake-vendor.ts";
import { discord } from "./provider.ts";
import { renderDiscord } from "./render.ts";

const path = "/api/webhooks/123/s3cr3t-token-of-the-webhook";
const entered = { config: { channel: "alerts" }, credentials: { webhook_url: `https://discord.com${path}` } };

/** A fake of Discord: answers 400 to what breaks the published limits, as the real one does. */
const startFake = () =>
  startFakeVendor(({ method, path: asked, query, json }) => {
    if (!asked.startsWith(path)) return { status: 404, body: { message: "Unknown Webhook", code: 10015 } };
    if (method === "GET") return { status: 200, body: { id: "123", name: "Culprit", type: 1 } };
    try {
      withinLimits(json);
    } catch (error) {
      return { status: 400, body: { code: 50035, message: "Invalid Form Body", errors: String(error) } };
    }
    const id = method === "PATCH" ? asked.split("/").at(-1) : "777";
    return query.get("wait") === "true" || method === "PATCH"
      ? { status: 200, body: { id, channel_id: "9" } }
      : { status: 204, body: "" };
  });

/** @see https://discord.com/developers/docs/resources/message#embed-object-embed-limits */
function withinLimits(body: unknown): void {
  const embeds = recordsAt(body, "embeds");
  const lengths = (key: string, from: unknown) => textAt(from, key)?.length ?? 0;
  const fields = embeds.flatMap((embed) => recordsAt(embed, "fields"));
  const total = embeds.reduce(
    (sum, embed) => sum + lengths("title", embed) + lengths("description", embed) + lengths("text", embed.footer),
    fields.reduce((sum, field) => sum + lengths("name", field) + lengths("value", field), 0),
  );
  const buttons = recordsAt(body, "components").flatMap((row) => recordsAt(row, "components"));
  expect(embeds.length).toBe(1);
  expect(total).toBeLessThanOrEqual(6000);
  expect(fields.length).toBeLessThanOrEqual(25);
  for (const embed of embeds) expect(lengths("title", embed)).toBeLessThanOrEqual(256);
  for (const embed of embeds) expect(lengths("description", embed)).toBeLessThanOrEqual(4096);
  for (const field of fields) {
    expect(lengths("name", field)).toBeGreaterThan(0);
    expect(lengths("name", field)).toBeLessThanOrEqual(256);
    expect(lengths("value", field)).toBeGreaterThan(0);
    expect(lengths("value", field)).toBeLessThanOrEqual(1024);
  }
  expect(buttons.length).toBeLessThanOrEqual(25);
  for (const button of buttons) expect(lengths("label", button)).toBeLessThanOrEqual(80);
}

const gone = { kind: "answer", answer: { status: 404, body: { message: "Unknown Webhook", code: 10015 } } } as const;

provesProvider(discord, {
  now: testNow,
  ...entered,
  refusedConfigs: [{ name: "no channel", config: {} }],
  refusedCredentials: [
    { name: "another address", credentials: { webhook_url: "https://discord.com/channels/123456" } },
    { name: "no address", credentials: { webhook_url: "token-without-address" } },
  ],
  startFake,
  outgoing: {
    withinLimits,
    forbidden: ["@everyone", "@here", "@channel"],
    made: ({ requests }) => requests.filter(({ method }) => method === "POST").length,
    newest: ({ requests }) => requests.at(-1)?.body ?? "",
  },
  health: {
    expired: { skipped: "a webhook's address does not expire" },
    missingScope: { skipped: "a webhook has one right, to post" },
    revoked: { fake: gone, says: /Make a new webhook/ },
  },
});

let fake: FakeVendor | undefined;
afterEach(() => fake?.close());

test("nobody can be called by a message, and no markup of a hostile text takes effect", () => {
  const rendered = renderDiscord(hostileMessage);
  expect(rendered).toMatchObject({ allowed_mentions: { parse: [] } });
  const [embed] = recordsAt(rendered, "embeds");
  expect(textAt(embed, "title")).not.toMatch(/(?<!\\)[*_~`[<]/);
  const [code] = recordsAt(embed, "fields").filter((field) => textAt(field, "value")?.startsWith("```"));
  expect((textAt(code, "value") ?? "").slice(3, -3)).not.toContain("```");
});

test("buttons are links, which a webhook that no application owns may send", async () => {
  fake = await startFake();
  const connection = connectTo(discord, fake, entered);
  await discord.outgoing?.send(renderDiscord(plainMessage), connection, "key", noSignal);
  expect(fake.requests[0]?.query.get("with_components")).toBe("true");
  const styles = recordsAt(fake.requests[0]?.json, "components").flatMap((row) => recordsAt(row, "components"));
  expect(styles.map(({ style, label }) => [style, label]).at(-1)).toEqual([5, "Reject cause"]);
});

test("the wait that Discord asks for in its body is exact, in its header it is rounded", async () => {
  fake = await startFake();
  fake.behave({
    kind: "answer",
    answer: { status: 429, headers: { "retry-after": "60" }, body: { retry_after: 1.3 } },
  });
  const sent = discord.outgoing?.send(renderDiscord(plainMessage), connectTo(discord, fake, entered), "key", noSignal);
  await expect(sent).rejects.toMatchObject({ status: 429, retryAfterS: 2 });
});
