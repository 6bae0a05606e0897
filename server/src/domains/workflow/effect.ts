/** How an action's effect on the world outside may be repeated after a crash in the middle of it. */
export type Repeat =
  /** It has none: it reads, reckons, or writes only into Culprit's own database, where a repeat changes nothing. */
  | "none"
  /** The other side takes a key and makes one effect of two calls with it. */
  | "idempotent"
  /** What was made can be found again before it is made a second time. */
  | "lookup"
  /** Neither. What may have been made is never made again; it is `unknown` until a person says. */
  | "atMostOnce";

/** Something done to the world outside: a message, a comment, a ticket, a call. */
export interface Effect {
  /** Tells the effects of one step apart; the same on every run of that step. */
  readonly key: string;
  /** What it is: message, comment, issue, ticket, label, http_request … */
  readonly kind: string;
  /** To whom, for people: a channel, `owner/repo#7`, an address without its secrets. */
  readonly recipient: string;
  readonly integrationId?: string | null;
  /** The service it concerns, for the hands-off switch of a service. */
  readonly service?: string | null;
  /** What is sent, without secrets; stored with the delivery. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly repeat: Exclude<Repeat, "none">;
  /** `lookup` only: how long after sending, in ms, what was made is sure to be found. */
  readonly settlesWithinMs?: number;
  /**
   * Makes it. A throw of EffectRefused says that nothing was made; every other throw leaves that open.
   * `idempotencyKey` is the same on every try.
   */
  send(attempt: { readonly idempotencyKey: string; readonly signal: AbortSignal }): Promise<EffectAnswer>;
  /** `lookup` only: what an earlier try made, or null where it made nothing. */
  find?(attempt: { readonly idempotencyKey: string; readonly signal: AbortSignal }): Promise<EffectAnswer | null>;
}

export interface EffectAnswer {
  /** What the other side calls it: a message's timestamp, an issue's number. */
  readonly externalRef: string | null;
  readonly response: Readonly<Record<string, unknown>>;
}

/** The other side said no, or was never reached: nothing was made, it may be tried again. */
export class EffectRefused extends Error {
  readonly retryAfterS: number | null;
  /** False where another try can't help: the request itself is wrong, the token is gone. */
  readonly isWorthRetrying: boolean;
  constructor(
    message: string,
    options: { retryAfterS?: number | null; isWorthRetrying?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "EffectRefused";
    this.retryAfterS = options.retryAfterS ?? null;
    this.isWorthRetrying = options.isWorthRetrying ?? true;
  }
}

/** Nothing was sent, because a hands-off switch stands or the execution was cancelled. */
export class EffectStopped extends Error {
  readonly isHandsOff: boolean;
  constructor(message: string, { isHandsOff }: { readonly isHandsOff: boolean }) {
    super(message);
    this.name = "EffectStopped";
    this.isHandsOff = isHandsOff;
  }
}

/** It may have been made and can't be looked up; it is never made again before a person has settled it. */
export class EffectUnknown extends Error {
  readonly deliveryId: string;
  constructor(message: string, deliveryId: string) {
    super(message);
    this.name = "EffectUnknown";
    this.deliveryId = deliveryId;
  }
}
