import type { Alert, ConfigChangeInput } from "@culprit/contract";
import type { z } from "zod";
import type { HttpClient } from "../../platform/http-client/http-client.ts";
import type { Message } from "./message.ts";

/** What vendors implement (`vendors/<vendor>/provider.ts`), in or out as each makes sense. One conformance suite runs them all. */

export const integrationTypes = [
  "github",
  "linear",
  "slack",
  "axolo",
  "teams",
  "discord",
  "jira",
  "sentry",
  "datadog",
  "pagerduty",
  "opsgenie",
  "google_chat",
  "mattermost",
  "telegram",
  "email",
  "webhook",
  "alertmanager",
  "grafana",
  "launchdarkly",
  "unleash",
  "go_feature_flag",
  "vercel",
  "gitea",
  "gitlab",
] as const;
export type IntegrationType = (typeof integrationTypes)[number];

/** One integration, opened: its settings parsed and its credentials decrypted. */
export interface Connection<Config = unknown, Credentials = unknown> {
  readonly integrationId: string;
  readonly projectId: string;
  readonly config: Config;
  readonly credentials: Credentials;
  readonly http: HttpClient;
  readonly now: () => Date;
}

/** A request as it arrived, before anything of it is believed. */
export interface IncomingRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What an accepted request says, still in the vendor's words. Stored before the answer. */
export interface Delivery {
  /** The vendor's id of this delivery, or a hash of the body where it has none: the same one again is not a second event. */
  readonly deliveryId: string;
  readonly eventType: string;
  /** What it is about; deliveries of one subject are processed in their order. */
  readonly subject: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What a delivery means to Culprit. */
export type Meaning =
  /** An event for triggers: `type` such as pull_request.opened; `payload` is what conditions read as `event`. */
  | {
      readonly kind: "event";
      readonly type: string;
      readonly subject: string | null;
      readonly payload: Readonly<Record<string, unknown>>;
    }
  /** An alert or error that opens or joins an incident. */
  | { readonly kind: "alert"; readonly alert: Alert }
  /** Something outside git that people changed: a flag that was turned. */
  | { readonly kind: "change"; readonly change: ConfigChangeInput }
  /** A button under a message. `token` is the signed one that went out with it. */
  | { readonly kind: "button"; readonly token: string; readonly actor: string }
  /** A person wrote a command: `/culprit investigate`. */
  | {
      readonly kind: "command";
      readonly command: string;
      readonly actor: string;
      readonly isBot: boolean;
      /** Heard for the first time: they are put on the list of the comment filter. */
      readonly isNewcomer?: boolean;
      readonly subject: string;
      readonly payload: Readonly<Record<string, unknown>>;
    }
  /** Known and of no use here; the reason is stored. */
  | { readonly kind: "ignored"; readonly reason: string };

export type { Alert };

export interface Incoming<Config, Credentials> {
  /** Whether the sender holds the secret. Constant time. `reason` is for the log and the page, never for the sender. */
  verify(
    request: IncomingRequest,
    connection: Connection<Config, Credentials>,
  ): { readonly ok: true } | { readonly ok: false; readonly reason: string };
  /** @throws CulpritError MALFORMED_BODY when it can't be read. */
  read(request: IncomingRequest): Delivery;
  /** Pure. What the delivery, stored at `receivedAt`, means; a vendor's several alerts in one delivery are several meanings. */
  map(delivery: Delivery, config: Config, receivedAt: Date): readonly Meaning[];
  /**
   * Asks the vendor whether a person may command, where the delivery does not say it. @returns why not, or null. A throw is tried
   * again.
   */
  mayCommand?(
    command: Extract<Meaning, { readonly kind: "command" }>,
    connection: Connection<Config, Credentials>,
    signal: AbortSignal,
  ): Promise<string | null>;
  /**
   * The end of the log of what an alert tells of, where the vendor keeps it apart from the delivery; null where there is none. A throw leaves
   * the alert as it is.
   */
  excerpt?(
    delivery: Delivery,
    connection: Connection<Config, Credentials>,
    signal: AbortSignal,
  ): Promise<string | null>;
  /** What the vendor wants as the answer (Slack's url_verification challenge), instead of 202. */
  answer?(delivery: Delivery): { readonly status: number; readonly body: unknown } | null;
}

/** How an outward effect of a vendor may be repeated; see the workflow domain's Repeat. */
export type OutRepeat = "idempotent" | "lookup" | "atMostOnce";

export interface Sent {
  /** What the vendor calls it, enough to update it later; null where it says nothing. */
  readonly externalRef: string | null;
  readonly response: Readonly<Record<string, unknown>>;
}

export interface Outgoing<Config, Credentials> {
  readonly repeat: OutRepeat;
  /** Requests that the vendor takes. */
  readonly rate: { readonly perSecond: number; readonly burst: number };
  /** To whom it goes, for people and the delivery row; without secrets. */
  recipient(config: Config): string;
  /** Pure: the vendor's own form of the message, within its limits; what was cut is said in it. */
  render(message: Message, config: Config): Readonly<Record<string, unknown>>;
  /**
   * @throws HttpNotSent, HttpUncertain, or VendorRefused (the vendor answered with an error).
   */
  send(
    rendered: Readonly<Record<string, unknown>>,
    connection: Connection<Config, Credentials>,
    idempotencyKey: string,
    signal: AbortSignal,
  ): Promise<Sent>;
  /** Changes a message in place. Without it, a new message is sent. */
  update?(
    externalRef: string,
    rendered: Readonly<Record<string, unknown>>,
    connection: Connection<Config, Credentials>,
    idempotencyKey: string,
    signal: AbortSignal,
  ): Promise<Sent>;
  /** `repeat: lookup` only. */
  find?(idempotencyKey: string, connection: Connection<Config, Credentials>, signal: AbortSignal): Promise<Sent | null>;
}

export interface Ticket {
  readonly title: string;
  /** Markdown. */
  readonly description: string;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
  /** 0 none, 1 urgent, 2 high, 3 medium, 4 low. */
  readonly priority: number;
  readonly team: string | null;
}

/** Trackers (Linear, Jira, GitHub issues). */
export interface Tickets<Config, Credentials> {
  readonly repeat: OutRepeat;
  /** `repeat: lookup` only: how long after it was made, in ms, a ticket is sure to be found; the runner's own wait unless told. */
  readonly settlesWithinMs?: number;
  create(
    ticket: Ticket,
    connection: Connection<Config, Credentials>,
    idempotencyKey: string,
    signal: AbortSignal,
  ): Promise<Sent>;
  find?(idempotencyKey: string, connection: Connection<Config, Credentials>, signal: AbortSignal): Promise<Sent | null>;
  comment(
    externalRef: string,
    markdown: string,
    connection: Connection<Config, Credentials>,
    idempotencyKey: string,
    signal: AbortSignal,
  ): Promise<Sent>;
}

export interface HealthResult {
  readonly status: "healthy" | "degraded" | "unhealthy" | "unknown";
  /** What was found: expired token, missing scope, revoked webhook; in words for people, with the remedy. */
  readonly reason: string;
}

export interface Provider<Config = unknown, Credentials = unknown> {
  readonly type: IntegrationType;
  readonly title: string;
  /** What it is for and where to get what the form asks, in two or three sentences. */
  readonly help: string;
  /** What it does not do though one might look for it, and why; for docs/integrations.md. */
  readonly notSupported?: string;
  readonly config: z.ZodType<Config>;
  /**
   * What a set-up of its own writes into the settings, and nobody enters: an integration whose settings have `mark` was made by
   * it and keeps `fields`; no other may have `mark`.
   */
  readonly ownSetUp?: { readonly mark: string; readonly fields: readonly string[]; readonly where: string };
  /** Every field is a secret: encrypted at rest, never given back. */
  readonly credentials: z.ZodType<Credentials>;
  readonly incoming?: Incoming<Config, Credentials>;
  readonly outgoing?: Outgoing<Config, Credentials>;
  readonly tickets?: Tickets<Config, Credentials>;
  /** Asks the vendor, changes nothing there. Never throws. */
  check(connection: Connection<Config, Credentials>, signal: AbortSignal): Promise<HealthResult>;
}

/** The vendor answered, and with an error: nothing was made. */
export class VendorRefused extends Error {
  readonly status: number;
  readonly retryAfterS: number | null;
  /** False where another try can't help: the request is wrong, the token is gone. */
  readonly isWorthRetrying: boolean;
  constructor(
    message: string,
    options: { status: number; retryAfterS?: number | null; isWorthRetrying?: boolean; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.name = "VendorRefused";
    this.status = options.status;
    this.retryAfterS = options.retryAfterS ?? null;
    this.isWorthRetrying = options.isWorthRetrying ?? (options.status === 429 || options.status >= 500);
  }
}
