import { afterEach, expect, test } from "vitest";
import { provesProvider } from "../provider-conformance.ts";
import { connectTo, noSignal, someRequest, testNow } from "../shared/connect.fixture.ts";
import { type Json, recordAt, textAt } from "../shared/read-body.ts";
import { hmacHex } from "../shared/signatures.ts";
import { type FakeVendor, startFakeVendor } from "../start-fake-vendor.ts";
import { axolo } from "./provider.ts";
import {
  archivePullRequestChannel,
  channelNameOf,
  findPullRequestChannel,
  openPullRequestChannel,
  pullRequestOfChannel,
} from "./pull-request-channel.ts";
import { remindersBetween } from "./reminders.ts";

const token = "xoxb-17653672481-19874698323";
const secret = "8f742231b10e8888abcd99yyyzzz85a5";
const entered = {
  config: { channel: "C0123456789", people: { ada: "U0000000ADA" } },
  credentials: { bot_token: token, signing_secret: secret },
};
const scopes = "chat:write,channels:manage,channels:read,channels:history,commands";

/** A fake of Slack's web API: one channel for a name, errors as a word with status 200. */
const startFake = () => {
  const channels: { id: string; name: string; is_archived: boolean }[] = [];
  const messages: Json[] = [];
  return startFakeVendor(({ path, headers, json }) => {
    const answer = (body: object) => ({ status: 200, headers: { "x-oauth-scopes": scopes }, body });
    const refuse = (error: string) => answer({ ok: false, error });
    if (headers.authorization !== `Bearer ${token}`) return refuse("invalid_auth");
    const body = recordAt(json);
    const channel = channels.find(({ id }) => id === body.channel);
    switch (path) {
      case "/api/auth.test":
        return answer({ ok: true, user: "culprit", team: "Acme" });
      case "/api/chat.postMessage":
        messages.push({ ts: `1.${messages.length}`, metadata: body.metadata });
        return answer({ ok: true, channel: body.channel, ts: messages.at(-1)?.ts });
      case "/api/chat.update":
        return answer({ ok: true, channel: body.channel, ts: body.ts });
      case "/api/conversations.history":
        return answer({ ok: true, messages: [...messages].reverse(), has_more: false });
      case "/api/conversations.create": {
        if (channels.some(({ name }) => name === body.name)) return refuse("name_taken");
        channels.push({ id: `C${channels.length}`, name: String(body.name), is_archived: false });
        return answer({ ok: true, channel: channels.at(-1) });
      }
      case "/api/conversations.list":
        return answer({ ok: true, channels, response_metadata: { next_cursor: "" } });
      case "/api/conversations.archive":
        if (channel?.is_archived === true) return refuse("already_archived");
        if (channel !== undefined) channel.is_archived = true;
        return answer({ ok: true });
      case "/api/conversations.unarchive":
        if (channel !== undefined) channel.is_archived = false;
        return answer({ ok: true });
      case "/api/conversations.invite":
        return refuse("already_in_channel");
      case "/api/conversations.setTopic":
        return String(body.topic).length > 250 ? refuse("too_long") : answer({ ok: true });
      default:
        return refuse("unknown_method");
    }
  });
};

function command(fields: Record<string, string>) {
  const text = new URLSearchParams(fields).toString();
  const seconds = String(testNow.getTime() / 1000);
  const signature = `v0=${hmacHex(secret, `v0:${seconds}:${text}`)}`;
  return someRequest(text, { "x-slack-request-timestamp": seconds, "x-slack-signature": signature });
}
const fields = {
  command: "/culprit-analyze",
  text: "deeply",
  user_name: "ada",
  channel_id: "C1",
  channel_name: "pr-shop-12",
  trigger_id: "1.2",
};
const answering = (body: object, held = scopes) =>
  ({ kind: "answer", answer: { status: 200, headers: { "x-oauth-scopes": held }, body } }) as const;

provesProvider(axolo, {
  now: testNow,
  ...entered,
  refusedConfigs: [{ name: "a channel's name for its id", config: { channel: "#alerts" } }],
  refusedCredentials: [
    { name: "another token", credentials: { bot_token: "ghp_0123456789abcdef", signing_secret: secret } },
  ],
  startFake,
  incoming: {
    deliveries: [
      {
        name: "a command in the channel of a pull request",
        request: command({ ...fields, token: "old" }),
        meanings: [
          {
            kind: "command",
            command: "analyze deeply",
            actor: "ada",
            isBot: false,
            subject: "slack:C1",
            payload: { ...fields, pull_request: { repository: "shop", number: 12 } },
          },
        ],
      },
      {
        name: "another command",
        request: command({ ...fields, command: "/weather" }),
        meanings: [{ kind: "ignored", reason: "It is none of /culprit-analyze, /culprit-status and /culprit-assign." }],
      },
    ],
    signsBody: true,
    otherCredentials: { bot_token: token, signing_secret: "another-secret-of-slack" },
    replayWindowS: 300,
  },
  outgoing: {
    withinLimits: (rendered) => expect(JSON.stringify(rendered).length).toBeLessThan(40_000),
    forbidden: ["<!channel>", "<!here>", "<@U012AB3CD>"],
    made: ({ requests }) => requests.filter(({ path }) => path === "/api/chat.postMessage").length,
    newest: ({ requests }) => requests.at(-1)?.body ?? "",
  },
  health: {
    expired: { fake: answering({ ok: false, error: "token_expired" }), says: /Install the app again/ },
    missingScope: { fake: answering({ ok: true, user: "u", team: "t" }, "chat:write"), says: /lacks channels:manage/ },
    revoked: { fake: answering({ ok: false, error: "account_inactive" }), says: /Install the app again/ },
  },
});

let fake: FakeVendor | undefined;
afterEach(() => fake?.close());
const pull = {
  repository: "acme/Shop.Web",
  number: 12,
  title: "Fix <!channel> the cart",
  url: "https://github.com/acme/x/pull/12",
  logins: ["ada", "eve"],
};

test("a pull request has one channel: opening it again finds it, taken out of the archive; its people are invited", async () => {
  fake = await startFake();
  const connection = connectTo(axolo, fake, entered);
  const opened = await openPullRequestChannel(connection, pull, noSignal);
  expect(opened).toEqual({ externalRef: "C0", response: { channel: "C0", name: "pr-shop-web-12", invited: 1 } });
  const topic = fake.requests.find(({ path }) => path.endsWith("setTopic"));
  expect(textAt(topic?.json, "topic")).toBe("Fix !channel the cart https://github.com/acme/x/pull/12");
  await archivePullRequestChannel(connection, "C0", noSignal);
  await archivePullRequestChannel(connection, "C0", noSignal);
  expect(await findPullRequestChannel(connection, pull, noSignal)).toBeNull();
  expect((await openPullRequestChannel(connection, pull, noSignal)).externalRef).toBe("C0");
  expect(await findPullRequestChannel(connection, pull, noSignal)).toMatchObject({ externalRef: "C0" });
});

test("a channel's name is one that Slack takes, and tells its pull request", () => {
  const name = channelNameOf("pr", `acme/${"Ü".repeat(5)}${"x".repeat(200)}`, 123_456);
  expect(name).toMatch(/^[a-z0-9_-]{1,80}$/);
  expect(name.endsWith("-123456")).toBe(true);
  expect(pullRequestOfChannel("pr", "pr-shop-web-12")).toEqual({ repository: "shop-web", number: 12 });
  expect(pullRequestOfChannel("pr", "general")).toBeNull();
});

test("reminders fall due at nine, two and five by the clock of the people, also when it changes, and on no weekend", () => {
  const due = (after: string, until: string, zone: string) =>
    remindersBetween(new Date(after), new Date(until), zone).map((at) => at.toISOString());
  // Monday in Berlin, summer time: two hours before UTC.
  expect(due("2026-06-01T00:00:00Z", "2026-06-01T23:59:00Z", "Europe/Berlin")).toEqual([
    "2026-06-01T07:00:00.000Z",
    "2026-06-01T12:00:00.000Z",
    "2026-06-01T15:00:00.000Z",
  ]);
  // Friday and Monday around the change to winter time; Kathmandu lies 5:45 from UTC.
  expect(due("2026-10-23T12:00:00Z", "2026-10-26T08:00:00Z", "Europe/Berlin")).toEqual([
    "2026-10-23T15:00:00.000Z",
    "2026-10-26T08:00:00.000Z",
  ]);
  expect(due("2026-06-01T03:00:00Z", "2026-06-01T03:15:00Z", "Asia/Kathmandu")).toEqual(["2026-06-01T03:15:00.000Z"]);
  expect(due("2026-06-01T07:00:00Z", "2026-06-01T07:00:00Z", "Europe/Berlin")).toEqual([]);
  expect(() => due("2026-06-01T00:00:00Z", "2026-06-01T01:00:00Z", "Mars/Olympus")).toThrow(RangeError);
});
