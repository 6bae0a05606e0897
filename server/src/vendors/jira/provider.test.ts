import { afterEach, expect, test } from "vitest";
import { provesProvider } from "../provider-conformance.ts";
import { connectTo, noSignal, someRequest, testNow } from "../shared/connect.fixture.ts";
import { type Json, recordAt, textAt } from "../shared/read-body.ts";
import { hmacHex } from "../shared/signatures.ts";
import { type FakeVendor, startFakeVendor } from "../start-fake-vendor.ts";
import { mapJiraWebhook } from "./map-webhook.ts";
import { jira } from "./provider.ts";

const token = "ATATT-token-of-ada";
const secret = "secret-of-the-webhook";
const entered = {
  config: { site_url: "https://acme.atlassian.net", email: "ada@example.com", project_key: "OPS" },
  credentials: { api_token: token, webhook_secret: secret },
};
const basic = `Basic ${Buffer.from(`ada@example.com:${token}`).toString("base64")}`;

/** A fake of REST v3: keeps issues with their labels and comments with their properties; this project has no priorities. */
const startFake = () => {
  const issues: { key: string; labels: string[] }[] = [];
  const comments: Json[] = [];
  return startFakeVendor(({ method, path, headers, json }) => {
    if (headers.authorization !== basic)
      return { status: 401, body: "Client must be authenticated to access this resource." };
    if (path === "/rest/api/3/mypermissions") {
      const may = { havePermission: true };
      return { status: 200, body: { permissions: { BROWSE_PROJECTS: may, CREATE_ISSUES: may, ADD_COMMENTS: may } } };
    }
    if (path === "/rest/api/3/user/assignable/search") return { status: 200, body: [] };
    if (path === "/rest/api/3/search/jql") {
      const label = /labels = "([^"]+)"/.exec(textAt(json, "jql") ?? "")?.[1] ?? "";
      return { status: 200, body: { issues: issues.filter(({ labels }) => labels.includes(label)), isLast: true } };
    }
    if (path.endsWith("/comment")) {
      if (method === "GET") return { status: 200, body: { comments } };
      const one = { id: String(comments.length + 1), ...recordAt(json) };
      comments.push(one);
      return { status: 201, body: one };
    }
    if (method !== "POST" || path !== "/rest/api/3/issue")
      return { status: 404, body: { errorMessages: ["not found"] } };
    const fields = recordAt(json, "fields");
    const bad = (field: string, words: string) => ({
      status: 400,
      body: { errorMessages: [], errors: { [field]: words } },
    });
    if (fields.priority !== undefined)
      return bad("priority", "Field 'priority' cannot be set. It is not on the appropriate screen, or unknown.");
    if ((textAt(fields, "summary") ?? "").length > 255)
      return bad("summary", "Summary must be less than 255 characters.");
    if (recordAt(fields, "description").type !== "doc")
      return bad("description", "Operation value must be an Atlassian Document");
    const labels = fields.labels as string[];
    if (labels.some((label) => /\s/.test(label))) return bad("labels", "The label contains spaces which is invalid.");
    const key = `OPS-${issues.length + 1}`;
    issues.push({ key, labels });
    return { status: 201, body: { id: "10000", key, self: "https://acme.atlassian.net/rest/api/3/issue/10000" } };
  });
};

const created = {
  timestamp: 1767268800000,
  webhookEvent: "jira:issue_created",
  issue: { id: "1", key: "OPS-1" },
  user: { displayName: "Ada" },
};
const body = JSON.stringify(created);
const answering = (status: number, answer: unknown = {}) =>
  ({ kind: "answer", answer: { status, body: answer } }) as const;

provesProvider(jira, {
  now: testNow,
  ...entered,
  refusedConfigs: [{ name: "a project's name for its key", config: { ...entered.config, project_key: "Operations" } }],
  refusedCredentials: [{ name: "no token", credentials: { api_token: "" } }],
  startFake,
  incoming: {
    deliveries: [
      {
        name: "a new issue",
        request: someRequest(body, { "x-hub-signature": `sha256=${hmacHex(secret, body)}` }),
        meanings: [
          {
            kind: "event",
            type: "jira.issue_created",
            subject: "jira:OPS-1",
            payload: { issue: created.issue, comment: {}, changelog: {}, user: created.user },
          },
        ],
      },
    ],
    signsBody: true,
    otherCredentials: { api_token: token, webhook_secret: "another-secret" },
    replayWindowS: { skipped: "Jira delivers for hours after an outage; the same bytes are taken once" },
  },
  tickets: {
    made: ({ requests }) =>
      requests.filter(
        ({ path, json }) => path === "/rest/api/3/issue" && recordAt(json, "fields").priority === undefined,
      ).length,
  },
  health: {
    expired: { fake: answering(401), says: /Make a new API token/ },
    missingScope: {
      fake: answering(200, { permissions: { BROWSE_PROJECTS: { havePermission: true } } }),
      says: /lacks CREATE_ISSUES, ADD_COMMENTS in OPS/,
    },
    revoked: { fake: answering(404), says: /Make a new API token/ },
  },
});

let fake: FakeVendor | undefined;
afterEach(() => fake?.close());
const ticket = {
  title: `long ${"x".repeat(300)}`,
  description: "**d**",
  labels: ["two words"],
  assignees: ["ada"],
  priority: 1,
  team: null,
};

test("what a project does not have is left out: its priorities, and people it does not know, which the issue says", async () => {
  fake = await startFake();
  const sent = await jira.tickets?.create(ticket, connectTo(jira, fake, entered), "k", noSignal);
  expect(sent).toMatchObject({ externalRef: "OPS-1", response: { url: "https://acme.atlassian.net/browse/OPS-1" } });
  const fields = recordAt(fake.requests.at(-1)?.json, "fields");
  expect(fields.labels).toEqual(["two-words", expect.stringMatching(/^culprit-[0-9a-f]{24}$/)]);
  expect(JSON.stringify(fields.description)).toContain("Not assigned");
  expect(fields.summary).toMatch(/more characters\)$/);
});

test("a comment with the same key is found by its property and not made again", async () => {
  fake = await startFake();
  const connection = connectTo(jira, fake, entered);
  const comment = (key: string) => jira.tickets?.comment("OPS-1", "fixed", connection, key, noSignal);
  const [first, again, other] = [await comment("a"), await comment("a"), await comment("b")];
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
});

test("a new comment that begins a line with /culprit is a command, and one by an app is a bot's", () => {
  const comment = (text: string, accountType: string) =>
    mapJiraWebhook({
      webhookEvent: "comment_created",
      issue: { key: "OPS-1" },
      comment: { id: "1", body: text, author: { displayName: "Ada", accountType } },
    });
  expect(comment("/culprit explain", "atlassian")[1]).toMatchObject({
    command: "explain",
    isBot: false,
    subject: "jira:OPS-1",
  });
  expect(comment("/culprit explain", "app")[1]).toMatchObject({ isBot: true });
  expect(comment("nothing", "atlassian")).toHaveLength(1);
});
