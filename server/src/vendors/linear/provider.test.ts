import { afterEach, expect, test } from "vitest";
import { provesProvider } from "../provider-conformance.ts";
import { connectTo, noSignal, someRequest, testNow } from "../shared/connect.fixture.ts";
import { recordAt, textAt } from "../shared/read-body.ts";
import { hmacHex } from "../shared/signatures.ts";
import { type FakeVendor, startFakeVendor } from "../start-fake-vendor.ts";
import { mapLinearWebhook } from "./map-webhook.ts";
import { linear } from "./provider.ts";

const key = "lin_api_0123456789abcdef";
const secret = "lin_wh_secret";
const entered = { config: { team: "ENG" }, credentials: { api_key: key, webhook_secret: secret } };
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A fake of Linear's API: one issue for an id, an error for the same one again. */
const startFake = () => {
  const made = new Map<string, object>();
  return startFakeVendor(({ path, headers, json }) => {
    const query = textAt(json, "query") ?? "";
    const error = (code: string, message: string, status = 200) => ({
      status,
      body: { errors: [{ message, extensions: { code } }] },
    });
    if (path !== "/graphql") return { status: 404, body: "not found" };
    if (headers.authorization !== key)
      return error("AUTHENTICATION_ERROR", "Authentication required, not authenticated", 401);
    const variables = recordAt(json, "variables");
    const input = recordAt(variables, "input");
    const id = textAt(input, "id") ?? "";
    if (query.includes("viewer"))
      return { status: 200, body: { data: { viewer: { name: "Ada" }, organization: { name: "Acme" } } } };
    if (query.includes("teams(")) {
      const isKnown = variables.team === "ENG";
      const teams = { nodes: isKnown ? [{ id: "team-1", key: "ENG" }] : [] };
      const issueLabels = { nodes: [{ id: "label-1", name: "incident", team: null }] };
      return { status: 200, body: { data: { teams, issueLabels, users: { nodes: [] } } } };
    }
    if (query.includes("query")) {
      const found = made.get(textAt(variables, "id") ?? "");
      const name = query.includes("issue(id") ? "issue" : "comment";
      return found === undefined
        ? error("INPUT_ERROR", "Entity not found")
        : { status: 200, body: { data: { [name]: found } } };
    }
    if (!uuid.test(id)) return error("INPUT_ERROR", "id must be a UUID");
    if (made.has(id)) return error("INPUT_ERROR", "conflict on insert of the entity");
    const isIssue = query.includes("issueCreate");
    const one = isIssue
      ? { id, identifier: `ENG-${made.size + 1}`, url: "https://linear.app/acme/issue/ENG-1" }
      : { id, url: "https://linear.app/c" };
    made.set(id, one);
    const data = isIssue
      ? { issueCreate: { success: true, issue: one } }
      : { commentCreate: { success: true, comment: one } };
    return { status: 200, body: { data } };
  });
};

const sentAt = testNow.getTime();
const created = {
  action: "create",
  type: "Issue",
  data: { id: "i1", title: "x" },
  actor: { name: "Ada", type: "user" },
  url: "https://l/1",
  webhookTimestamp: sentAt,
};
const body = JSON.stringify(created);
const signed = { "linear-signature": hmacHex(secret, body), "linear-delivery": "234d1a4e-b617-4388-90fe-adc3633d6b72" };
const answering = (status: number) => ({ kind: "answer", answer: { status, body: { errors: [] } } }) as const;

provesProvider(linear, {
  now: testNow,
  ...entered,
  refusedConfigs: [{ name: "no team", config: {} }],
  refusedCredentials: [{ name: "no key", credentials: { api_key: "" } }],
  startFake,
  incoming: {
    deliveries: [
      {
        name: "a new issue",
        request: someRequest(body, signed),
        meanings: [
          {
            kind: "event",
            type: "linear.issue.create",
            subject: "linear:i1",
            payload: { data: created.data, updated_from: {}, actor: created.actor, url: "https://l/1" },
          },
        ],
      },
    ],
    signsBody: true,
    otherCredentials: { api_key: key, webhook_secret: "another-secret" },
    replayWindowS: 60,
  },
  tickets: {
    made: ({ requests }) =>
      new Set(
        requests
          .filter(({ json }) => textAt(json, "query")?.includes("issueCreate("))
          .map(({ json }) => textAt(recordAt(json, "variables", "input"), "id")),
      ).size,
  },
  health: {
    expired: { fake: answering(401), says: /Make a new API key/ },
    missingScope: { fake: answering(403), says: /Make a new API key/ },
    revoked: { skipped: "a key that was revoked is answered as a wrong one" },
  },
});

let fake: FakeVendor | undefined;
afterEach(() => fake?.close());
const ticket = {
  title: "t",
  description: "d",
  labels: ["incident", "nobody-knows"],
  assignees: ["ada"],
  priority: 1,
  team: null,
};

test("a label and a person that Linear does not have are left out, and the issue says so", async () => {
  fake = await startFake();
  await linear.tickets?.create(ticket, connectTo(linear, fake, entered), "k", noSignal);
  const input = recordAt(fake.requests.at(-1)?.json, "variables", "input");
  expect(input).toMatchObject({ teamId: "team-1", labelIds: ["label-1"], priority: 1 });
  expect(input.description).toContain("Left out, because Linear has none: label nobody-knows, assignee ada.");
});

test("a comment again is the same comment; a team that is not there is refused for good", async () => {
  fake = await startFake();
  const connection = connectTo(linear, fake, entered);
  const comment = () => linear.tickets?.comment("i1", "text", connection, "k", noSignal);
  expect(await comment()).toEqual(await comment());
  const lost = linear.tickets?.create({ ...ticket, team: "OPS" }, connection, "k2", noSignal);
  await expect(lost).rejects.toMatchObject({ status: 404, isWorthRetrying: false });
});

test("too many requests are known by the body, which Linear answers with 400", async () => {
  fake = await startFake();
  fake.behave({
    kind: "answer",
    answer: { status: 400, body: { errors: [{ message: "slow", extensions: { code: "RATELIMITED" } }] } },
  });
  const made = linear.tickets?.create(ticket, connectTo(linear, fake, entered), "k", noSignal);
  await expect(made).rejects.toMatchObject({ status: 429, isWorthRetrying: true });
});

test("a comment that begins a line with /culprit is a command, and one by an application is a bot's", () => {
  const comment = (text: string, type = "user") =>
    mapLinearWebhook({
      action: "create",
      type: "Comment",
      data: { id: "c1", issueId: "i1", body: text },
      actor: { name: "Ada", type },
    });
  expect(comment("look\n/culprit investigate now")[1]).toMatchObject({
    command: "investigate now",
    actor: "Ada",
    isBot: false,
  });
  expect(comment("/culprit fix", "oauthClient")[1]).toMatchObject({ command: "fix", isBot: true });
  expect(comment("> /culprit fix")).toHaveLength(1);
});
