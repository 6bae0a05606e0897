import { z } from "zod";
import {
  type Connection,
  type Incoming,
  type Provider,
  type Sent,
  type Ticket,
  VendorRefused,
} from "../../domains/integration/index.ts";
import { HttpUncertain } from "../../platform/http-client/http-client.ts";
import { callVendor } from "../shared/call-vendor.ts";
import { checkHealth } from "../shared/check-health.ts";
import { cutText } from "../shared/cut-text.ts";
import { addressSchema, secretSchema } from "../shared/form.ts";
import { hashOfBody, type Json, readJson, recordAt, recordsAt, textAt } from "../shared/read-body.ts";
import { checkSignature, hmacHex, refused } from "../shared/signatures.ts";
import { wordOfKey } from "../shared/unique-id.ts";
import { mapJiraWebhook } from "./map-webhook.ts";
import { markdownToAdf } from "./markdown-to-adf.ts";

const config = z.object({
  site_url: addressSchema.describe("The site: https://acme.atlassian.net"),
  email: z.email().describe("Whose API token it is"),
  project_key: z
    .string()
    .trim()
    .regex(/^[A-Z][A-Z0-9_]{1,9}$/)
    .describe("The project's key: OPS"),
  issue_type: z.string().trim().min(1).max(60).default("Task").describe("A type that the project has"),
});
const credentials = z.object({
  api_token: secretSchema.describe("From id.atlassian.com, Security, API tokens"),
  webhook_secret: secretSchema.optional().describe("The secret of a webhook (Jira settings, System, Webhooks)"),
});
type Config = z.output<typeof config>;
type Credentials = z.output<typeof credentials>;
type Jira = Connection<Config, Credentials>;

const header = "x-hub-signature";
const limits = { summary: 255, text: 30_000, label: 255 };
/** Names that Jira ships; 1 is urgent. */
const priorities = ["", "Highest", "High", "Medium", "Low"];

const incoming: Incoming<Config, Credentials> = {
  verify({ headers, body }, { credentials: { webhook_secret: secret } }) {
    if (secret === undefined) return refused("No webhook_secret is entered, so nothing is believed.");
    return checkSignature(headers[header], `sha256=${hmacHex(secret, body)}`, header);
  },
  read(request) {
    const payload = readJson(request);
    return {
      // The header with Jira's own id is not signed; the body, with its time, is.
      deliveryId: hashOfBody(request),
      eventType: (textAt(payload, "webhookEvent") ?? "unknown").slice(0, 100),
      subject: textAt(recordAt(payload, "issue"), "key"),
      payload,
    };
  },
  map: ({ payload }) => mapJiraWebhook(payload),
};

/**
 * Jira Cloud: tickets by its REST API v3. It takes no key, so each issue gets a label of its own by which it is found again
 * (properties can be searched by installed apps only), and each comment a property.
 * @see https://developer.atlassian.com/cloud/jira/platform/rest/v3/
 */
export const jira: Provider<Config, Credentials> = {
  type: "jira",
  title: "Jira",
  help: "Makes issues and comments in Jira Cloud, and takes its news and commands in. Make an API token at id.atlassian.com, and enter the site, the e-mail of its owner and the project. For the way in add a webhook (Jira settings, System, Webhooks) with this integration's address and a secret. Jira Data Center is not supported: it takes another format of text.",
  notSupported:
    "Messages: it is a tracker. Jira Data Center: it takes another format of text. Look-up by property: only installed apps may index one.",
  config,
  credentials,
  incoming,
  tickets: {
    repeat: "lookup",
    // Jira's search follows its data by some seconds, more on a busy site.
    settlesWithinMs: 60_000,
    create: (ticket, connection, key, signal) => createIssue(ticket, connection, labelOf(key), signal),
    async find(key, connection, signal) {
      const { project_key: project } = connection.config;
      const body = { jql: `labels = "${labelOf(key)}" ORDER BY created ASC`, fields: ["summary"], maxResults: 1 };
      const json = await call(connection, "POST", "/rest/api/3/search/jql", body, signal);
      if (!Array.isArray(recordAt(json).issues)) throw new HttpUncertain(`Jira's search of ${project} can't be read.`);
      const [found] = recordsAt(json, "issues");
      return found === undefined ? null : sentOf(found, connection);
    },
    async comment(externalRef, text, connection, key, signal) {
      const path = `/rest/api/3/issue/${encodeURIComponent(externalRef)}/comment`;
      const word = wordOfKey(key);
      const before = await call(
        connection,
        "GET",
        `${path}?orderBy=-created&maxResults=100&expand=properties`,
        undefined,
        signal,
      );
      const same = recordsAt(before, "comments").find((one) =>
        recordsAt(one, "properties").some((property) => textAt(property.value, "key") === word),
      );
      const properties = [{ key: "culprit", value: { key: word } }];
      const made =
        same ??
        recordAt(
          await call(connection, "POST", path, { body: markdownToAdf(cutText(text, limits.text)), properties }, signal),
        );
      const id = textAt(made, "id");
      if (id === null) throw new HttpUncertain("Jira answered without the comment's id.");
      return { externalRef: id, response: { id, issue: externalRef } };
    },
  },
  check: (connection, signal) =>
    checkHealth("Make a new API token and enter it, with the e-mail of its owner.", async () => {
      const wanted = ["BROWSE_PROJECTS", "CREATE_ISSUES", "ADD_COMMENTS"];
      const { project_key: project } = connection.config;
      const path = `/rest/api/3/mypermissions?projectKey=${project}&permissions=${wanted.join(",")}`;
      const permissions = recordAt(await call(connection, "GET", path, undefined, signal), "permissions");
      if (Object.keys(permissions).length === 0)
        return { status: "degraded", reason: "Something answered that is not Jira." };
      const missing = wanted.filter((name) => recordAt(permissions, name).havePermission !== true);
      return missing.length === 0
        ? { status: "healthy", reason: `The token may make issues in ${project}.` }
        : {
            status: "unhealthy",
            reason: `The owner of the token lacks ${missing.join(", ")} in ${project}: grant them in the project's permissions.`,
          };
    }),
};

async function createIssue(ticket: Ticket, connection: Jira, label: string, signal: AbortSignal): Promise<Sent> {
  const { issue_type, project_key } = connection.config;
  const [assignee] = ticket.assignees;
  const accountId = assignee === undefined ? null : await findAccount(assignee, connection, signal);
  const lost = ticket.assignees.filter((_, index) => index > 0 || accountId === null);
  const note =
    lost.length === 0
      ? ""
      : `\n\n_Not assigned, because Jira has one assignee and must know them: ${lost.join(", ")}._`;
  const labels = ticket.labels
    .map((name) => name.replaceAll(/\s+/g, "-").slice(0, limits.label))
    .filter((name) => name !== "");
  const fields = {
    project: { key: /^[A-Z][A-Z0-9_]{1,9}$/.test(ticket.team ?? "") ? ticket.team : project_key },
    issuetype: { name: issue_type },
    summary: cutText(ticket.title.replaceAll(/\s+/g, " ").trim(), limits.summary) || "Culprit",
    description: markdownToAdf(cutText(ticket.description, limits.text) + note),
    labels: [...new Set([...labels, label])],
    ...(accountId === null ? {} : { assignee: { accountId } }),
  };
  const name = priorities[ticket.priority] ?? "";
  const post = async (given: Json) =>
    sentOf(recordAt(await call(connection, "POST", "/rest/api/3/issue", { fields: given }, signal)), connection);
  if (name === "") return post(fields);
  return post({ ...fields, priority: { name } }).catch((error: unknown) => {
    // A project may have no priorities, or others. Jira refused the whole then, so nothing was made.
    if (error instanceof VendorRefused && error.status === 400 && error.message.includes("priority"))
      return post(fields);
    throw error;
  });
}

async function findAccount(who: string, connection: Jira, signal: AbortSignal): Promise<string | null> {
  const query = new URLSearchParams({ project: connection.config.project_key, query: who, maxResults: "1" });
  const found = await call(connection, "GET", `/rest/api/3/user/assignable/search?${query}`, undefined, signal);
  return Array.isArray(found) ? textAt(found[0], "accountId") : null;
}

function labelOf(key: string): string {
  return `culprit-${wordOfKey(key)}`;
}

function sentOf(issue: Json, { config: { site_url } }: Jira): Sent {
  const key = textAt(issue, "key");
  if (key === null) throw new HttpUncertain("Jira answered without the issue's key.");
  return { externalRef: key, response: { id: textAt(issue, "id"), key, url: `${site_url}/browse/${key}` } };
}

async function call(
  { http, config: { site_url, email }, credentials: { api_token: token } }: Jira,
  method: "GET" | "POST",
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const basic = Buffer.from(`${email}:${token}`).toString("base64");
  const headers = { authorization: `Basic ${basic}` };
  const given = body === undefined ? {} : { body };
  return (
    await callVendor(http, {
      vendor: "Jira",
      method,
      url: `${site_url}${path}`,
      headers,
      ...given,
      secrets: [token, basic],
      signal,
    })
  ).json;
}
