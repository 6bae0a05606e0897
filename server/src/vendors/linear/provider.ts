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
import { callVendor, withoutSecrets } from "../shared/call-vendor.ts";
import { checkHealth } from "../shared/check-health.ts";
import { cutText } from "../shared/cut-text.ts";
import { addressSchema, secretSchema } from "../shared/form.ts";
import { hashOfBody, type Json, readJson, recordAt, recordsAt, textAt } from "../shared/read-body.ts";
import { checkAge, checkSignature, hmacHex, refused } from "../shared/signatures.ts";
import { uuidOfKey } from "../shared/unique-id.ts";
import { mapLinearWebhook } from "./map-webhook.ts";
import { commentById, commentCreate, issueById, issueCreate, lookUp, viewer } from "./operations.ts";

const config = z.object({
  team: z.string().trim().min(1).max(100).describe("The team's key or name: ENG"),
  api_url: addressSchema.default("https://api.linear.app").describe("Linear's API"),
});
const credentials = z.object({
  api_key: secretSchema.describe("A personal API key (Settings, Security & access), or an OAuth token"),
  webhook_secret: secretSchema.optional().describe("The signing secret of a webhook"),
});
type Config = z.output<typeof config>;
type Credentials = z.output<typeof credentials>;
type Linear = Connection<Config, Credentials>;

const header = "linear-signature";
const replayWindowMs = 60_000;
const limits = { title: 255, text: 100_000 };

const incoming: Incoming<Config, Credentials> = {
  // The time of sending lies in the body, so the signature covers it.
  verify({ headers, body }, { credentials: { webhook_secret: secret }, now }) {
    if (secret === undefined) return refused("No webhook_secret is entered, so nothing is believed.");
    const signed = checkSignature(headers[header], hmacHex(secret, body), header);
    if (!signed.ok) return signed;
    const sentAt = /"webhookTimestamp"\s*:\s*(\d{10,16})/.exec(body.toString("utf8"))?.[1];
    return checkAge(Number(sentAt ?? Number.NaN), now(), replayWindowMs);
  },
  read(request) {
    const payload = readJson(request);
    const data = recordAt(payload, "data");
    return {
      deliveryId: (request.headers["linear-delivery"] ?? "").slice(0, 255) || hashOfBody(request),
      eventType: `${textAt(payload, "type") ?? "unknown"}.${textAt(payload, "action") ?? "unknown"}`.slice(0, 100),
      subject: textAt(data, "issueId") ?? textAt(data, "id"),
      payload,
    };
  },
  map: ({ payload }) => mapLinearWebhook(payload),
};

/**
 * Linear: tickets by its GraphQL API. Whoever makes an issue or a comment may choose its id, so the id is made of the key: a
 * repeat is refused by Linear, and what the first try made is given instead.
 */
export const linear: Provider<Config, Credentials> = {
  type: "linear",
  title: "Linear",
  help: "Makes issues and comments, and takes Linear's news and commands in. Make an API key under Settings, Security & access, and enter the team's key. For the way in add a webhook under Settings, API with this integration's address, and copy its signing secret.",
  notSupported: "Messages: it is a tracker. Several assignees: an issue has one.",
  config,
  credentials,
  incoming,
  tickets: {
    repeat: "idempotent",
    async create(ticket, connection, key, signal) {
      const id = uuidOfKey(key);
      const known = await lookUpNames(ticket, connection, signal);
      const input = inputOf(id, ticket, known);
      return madeOnce(connection, signal, {
        mutation: [issueCreate, { input }],
        path: ["issueCreate", "issue"],
        find: [issueById, id, "issue"],
      });
    },
    async comment(externalRef, markdown, connection, key, signal) {
      const id = uuidOfKey(key);
      const input = { id, issueId: externalRef, body: cutText(markdown, limits.text) };
      return madeOnce(connection, signal, {
        mutation: [commentCreate, { input }],
        path: ["commentCreate", "comment"],
        find: [commentById, id, "comment"],
      });
    },
  },
  check: (connection, signal) =>
    checkHealth("Make a new API key and enter it.", async () => {
      const data = await call(connection, viewer, {}, signal);
      const organization = textAt(recordAt(data, "organization"), "name");
      if (organization === null) return { status: "degraded", reason: "Something answered that is not Linear." };
      await lookUpNames({ labels: [], assignees: [], team: null }, connection, signal);
      return {
        status: "healthy",
        reason: `The key of ${textAt(recordAt(data, "viewer"), "name")} is good for ${organization}.`,
      };
    }),
};

interface Names {
  readonly teamId: string;
  readonly labelIds: readonly string[];
  readonly assigneeId: string | null;
  readonly unknown: readonly string[];
}

/** The ids behind names. A label or a person that is not there is left out and told; a team that is not there is refused. */
async function lookUpNames(
  { labels, assignees, team }: Pick<Ticket, "labels" | "assignees" | "team">,
  connection: Linear,
  signal: AbortSignal,
): Promise<Names> {
  const wanted = team ?? connection.config.team;
  // Linear has one assignee an issue.
  const [assignee = ""] = assignees;
  const data = await call(connection, lookUp, { team: wanted, labels, assignee }, signal);
  const [found] = recordsAt(recordAt(data, "teams"), "nodes");
  const teamId = textAt(found, "id");
  if (teamId === null) {
    if (data.teams === undefined) throw new HttpUncertain("Something answered that is not Linear.");
    throw new VendorRefused(`Linear has no team ${wanted} that the key may see.`, { status: 404 });
  }
  const known = recordsAt(recordAt(data, "issueLabels"), "nodes").filter((label) => {
    const owner = textAt(recordAt(label, "team"), "key");
    return owner === null || owner === textAt(found, "key");
  });
  const names = new Set(known.map((label) => textAt(label, "name")));
  const assigneeId = assignee === "" ? null : textAt(recordsAt(recordAt(data, "users"), "nodes")[0], "id");
  return {
    teamId,
    labelIds: labels.flatMap(
      (name) =>
        textAt(
          known.find((label) => label.name === name),
          "id",
        ) ?? [],
    ),
    assigneeId,
    unknown: [
      ...labels.filter((name) => !names.has(name)).map((name) => `label ${name}`),
      ...(assignee !== "" && assigneeId === null ? [`assignee ${assignee}`] : []),
      ...assignees.slice(1).map((name) => `assignee ${name} (Linear has one)`),
    ],
  };
}

function inputOf(
  id: string,
  { title, description, priority }: Ticket,
  { teamId, labelIds, assigneeId, unknown }: Names,
) {
  const note = unknown.length === 0 ? "" : `\n\n_Left out, because Linear has none: ${unknown.join(", ")}._`;
  return {
    id,
    teamId,
    title: cutText(title, limits.title),
    description: cutText(description, limits.text - note.length) + note,
    priority,
    labelIds,
    ...(assigneeId === null ? {} : { assigneeId }),
  };
}

/** Makes what has an id of our choice, or gives what was made with that id before. */
async function madeOnce(
  connection: Linear,
  signal: AbortSignal,
  what: {
    readonly mutation: readonly [string, Json];
    readonly path: readonly [string, string];
    readonly find: readonly [query: string, id: string, name: string];
  },
): Promise<Sent> {
  const [query, id, name] = what.find;
  try {
    const data = await call(connection, what.mutation[0], what.mutation[1], signal);
    return sentOf(recordAt(data, ...what.path));
  } catch (error) {
    if (!(error instanceof VendorRefused) || error.status === 401 || error.status === 429) throw error;
    const found = await call(connection, query, { id }, signal).catch(() => null);
    const before = recordAt(found, name);
    if (textAt(before, "id") === id) return sentOf(before);
    throw error;
  }
}

function sentOf(made: Json): Sent {
  const id = textAt(made, "id");
  if (id === null) throw new HttpUncertain("Linear answered without the id of what it made.");
  return { externalRef: id, response: { id, identifier: textAt(made, "identifier"), url: textAt(made, "url") } };
}

/** One call. GraphQL answers errors with 200 or 400, and names too many requests in the body. */
async function call(
  { http, config: { api_url }, credentials: { api_key: key } }: Linear,
  query: string,
  variables: Json,
  signal: AbortSignal,
): Promise<Json> {
  const authorization = key.startsWith("lin_api_") ? key : `Bearer ${key}`;
  const { json } = await callVendor(http, {
    vendor: "Linear",
    method: "POST",
    url: `${api_url}/graphql`,
    headers: { authorization },
    body: { query, variables },
    secrets: [key],
    signal,
  }).catch((error: unknown) => {
    if (error instanceof VendorRefused && error.message.includes("RATELIMITED"))
      throw new VendorRefused(error.message, { status: 429, retryAfterS: 60 });
    throw error;
  });
  const [problem] = recordsAt(json, "errors");
  if (problem !== undefined) {
    const code = textAt(recordAt(problem, "extensions"), "code") ?? "";
    const words = withoutSecrets(`Linear refused it: ${textAt(problem, "message") ?? code}`, [key]);
    const status = code === "RATELIMITED" ? 429 : code === "AUTHENTICATION_ERROR" ? 401 : 400;
    throw new VendorRefused(words, { status, retryAfterS: status === 429 ? 60 : null });
  }
  return recordAt(json, "data");
}
