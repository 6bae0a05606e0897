import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type {
  Connection,
  HealthResult,
  IncomingRequest,
  Meaning,
  Message,
  Provider,
  Sent,
  Ticket,
} from "../domains/integration/index.ts";
import { VendorRefused } from "../domains/integration/index.ts";
import { CulpritError } from "../platform/errors/culprit-error.ts";
import type { HttpClient } from "../platform/http-client/http-client.ts";
import { HttpNotSent, HttpUncertain } from "../platform/http-client/http-client.ts";
import { openHttpClient } from "../platform/http-client/open-http-client.ts";
import { hostileMessage, plainMessage } from "./conformance-messages.ts";
import type { Behaviour, FakeVendor } from "./start-fake-vendor.ts";

/** Why a vendor can't be asked one of the suite's questions. Shown as a skipped test. */
export interface Skip {
  readonly skipped: string;
}

/** What one vendor's test tells the suite. */
export interface ProviderCases<Config, Credentials> {
  /** The moment that connections take for now; signatures in the cases are of this moment. */
  readonly now: Date;
  /** As a person enters them: before the schemas parse them. */
  readonly config: unknown;
  readonly credentials: unknown;
  readonly refusedConfigs: readonly { readonly name: string; readonly config: unknown }[];
  readonly refusedCredentials: readonly { readonly name: string; readonly credentials: unknown }[];
  /** Built from the vendor's published documentation. Asked for nothing, it behaves as documented. */
  startFake(): Promise<FakeVendor>;
  readonly incoming?: IncomingCases;
  readonly outgoing?: OutgoingCases;
  readonly tickets?: TicketCases;
  readonly health: HealthCases;
  /** Only where the vendor is not reached by HTTP, and its config has to name the fake. */
  aim?(
    parts: { config: Config; credentials: Credentials },
    fake: FakeVendor,
  ): { config: Config; credentials: Credentials };
}

export interface IncomingCases {
  /** Requests as the vendor documents them, rightly signed with `credentials` at `now`. */
  readonly deliveries: readonly {
    readonly name: string;
    readonly request: IncomingRequest;
    readonly meanings: readonly Meaning[];
  }[];
  /** False where the vendor sends a fixed secret and no signature over the body. */
  readonly signsBody: boolean;
  /** Credentials that did not sign the deliveries. */
  readonly otherCredentials: unknown;
  /** How long after `now` a delivery is refused as replayed, in seconds. */
  readonly replayWindowS: number | Skip;
}

export interface OutgoingCases {
  /** Throws where the rendered message breaks one of the vendor's documented limits. */
  withinLimits(rendered: Readonly<Record<string, unknown>>): void;
  /** What must not stand in the rendered JSON of `hostileMessage`: raw mentions, raw markup. */
  readonly forbidden: readonly (string | RegExp)[];
  /** Set where the vendor is not reached by HTTP: its own tests prove the classes of error. */
  readonly errors?: Skip;
  /** How many messages the fake holds. */
  made(fake: FakeVendor): number;
  /** The text that the fake holds of the newest message, to see that an update reached it. */
  newest(fake: FakeVendor): string;
}

export interface TicketCases {
  made(fake: FakeVendor): number;
}

type HealthCase = { readonly fake: Behaviour; readonly says: RegExp; readonly status?: HealthResult["status"] } | Skip;
export interface HealthCases {
  readonly expired: HealthCase;
  readonly missingScope: HealthCase;
  readonly revoked: HealthCase;
  /** Where it can't be asked without sending something, the good case is `unknown` or `degraded`. */
  readonly good?: HealthResult["status"];
  /** True where every 2xx is good and the body is nobody's business. */
  readonly readsNoBody?: boolean;
  /** True where it only takes in and there is nobody to ask. */
  readonly asksNobody?: boolean;
}

/** Within this, a fake that hangs is given up; ms. */
const GIVEN_UP_MS = 250;

/** Only what never answers is given up soon: on a busy machine an answer may take longer than that. */
function patience({ kind }: Behaviour): AbortSignal {
  return AbortSignal.timeout(kind === "hang" ? GIVEN_UP_MS : 20_000);
}

/** Proves that a provider keeps the port's promises, against a fake of its vendor and with the real HTTP client. */
export function provesProvider<Config, Credentials>(
  provider: Provider<Config, Credentials>,
  cases: ProviderCases<Config, Credentials>,
): void {
  let fake: FakeVendor;
  const secrets = secretsOf(cases.credentials);
  const local = openHttpClient({ allowPrivate: "127.0.0.1" });

  beforeAll(async () => {
    fake = await cases.startFake();
  });
  afterAll(() => fake.close());
  beforeEach(() => fake.behave({ kind: "documented" }));

  function connect(at: Date = cases.now, http: HttpClient = throughFake(local, fake)): Connection<Config, Credentials> {
    const entered = {
      config: provider.config.parse(cases.config),
      credentials: provider.credentials.parse(cases.credentials),
    };
    const aimed = cases.aim?.(entered, fake) ?? entered;
    const integrationId = "0190a000-0000-7000-8000-000000000001";
    return { integrationId, projectId: "0190a000-0000-7000-8000-000000000002", ...aimed, http, now: () => at };
  }

  describe(`${provider.type}: what is entered`, () => {
    test("good settings are taken", () => {
      expect(provider.config.safeParse(cases.config).error).toBeUndefined();
      expect(provider.credentials.safeParse(cases.credentials).error).toBeUndefined();
      expect(provider.help.length).toBeGreaterThan(40);
    });
    test.each(cases.refusedConfigs)("refused: $name", ({ config }) => {
      expect(provider.config.safeParse(config).success).toBe(false);
    });
    test.each(cases.refusedCredentials)("refused, without repeating the secret: $name", ({ credentials }) => {
      const result = provider.credentials.safeParse(credentials);
      expect(result.success).toBe(false);
      for (const secret of secretsOf(credentials)) expect(String(result.error)).not.toContain(secret);
    });
  });

  provesHealth();
  if (provider.incoming !== undefined) provesIncoming(provider.incoming, needed(cases.incoming, "incoming"));
  if (provider.outgoing !== undefined) provesOutgoing(provider.outgoing, needed(cases.outgoing, "outgoing"));
  if (provider.tickets !== undefined) provesTickets(provider.tickets, needed(cases.tickets, "tickets"));

  function provesIncoming(incoming: NonNullable<typeof provider.incoming>, given: IncomingCases): void {
    describe(`${provider.type}: what comes in`, () => {
      test.each(given.deliveries)(
        "$name: signed rightly, it is taken and means what it says, twice the same",
        ({ request, meanings }) => {
          expect(incoming.verify(request, connect())).toEqual({ ok: true });
          const delivery = deepFreeze(incoming.read(request));
          expect(incoming.read(request)).toEqual(delivery);
          expect(delivery.deliveryId.length).toBeGreaterThan(0);
          expect(delivery.deliveryId.length).toBeLessThanOrEqual(255);
          const { config } = connect();
          const first = incoming.map(delivery, deepFreeze(config), cases.now);
          expect(first).toEqual(meanings);
          expect(incoming.map(delivery, config, cases.now)).toEqual(first);
          // It is stored before it is mapped.
          const stored = JSON.parse(JSON.stringify(delivery)) as typeof delivery;
          expect(incoming.map(stored, config, cases.now)).toEqual(first);
        },
      );
      test("a changed body, a wrong, an empty and no signature are refused, each with its reason", () => {
        for (const { request } of given.deliveries) {
          const wrong: IncomingRequest[] = [
            { headers: {}, query: {}, body: request.body },
            { headers: {}, query: {}, body: Buffer.alloc(0) },
            { ...request, headers: emptied(request.headers), query: emptied(request.query) },
            { ...request, headers: scrambled(request.headers), query: scrambled(request.query) },
          ];
          if (given.signsBody) {
            wrong.push({ ...request, body: Buffer.concat([request.body, Buffer.from(" ")]) });
            wrong.push({ ...request, body: Buffer.alloc(0) });
          }
          for (const one of wrong) {
            const result = incoming.verify(one, connect());
            expect(result.ok).toBe(false);
            if (!result.ok) expectNoSecret(result.reason, secrets);
          }
          const others = { ...connect(), credentials: provider.credentials.parse(given.otherCredentials) };
          expect(incoming.verify(request, others).ok).toBe(false);
        }
      });
      const { replayWindowS } = given;
      if (typeof replayWindowS === "number") {
        test("a delivery that is sent again after the window, or comes from the future, is refused", () => {
          for (const { request } of given.deliveries) {
            const at = (seconds: number) => connect(new Date(cases.now.getTime() + seconds * 1000));
            expect(incoming.verify(request, at(replayWindowS - 2)).ok).toBe(true);
            expect(incoming.verify(request, at(replayWindowS + 2)).ok).toBe(false);
            expect(incoming.verify(request, at(-replayWindowS - 2)).ok).toBe(false);
          }
        });
      } else test.skip(`a replayed delivery: ${replayWindowS.skipped}`, () => undefined);
      test("a body that can't be read is MALFORMED_BODY or an ignored delivery, never a crash", () => {
        const bodies = ["", "null", "[]", "{}", "{", "\u0000\ud800", '{"a":{}}', "17", `[${"[".repeat(2000)}`];
        for (const body of bodies) {
          try {
            const delivery = incoming.read({ headers: {}, query: {}, body: Buffer.from(body) });
            expect(Array.isArray(incoming.map(delivery, connect().config, cases.now))).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(CulpritError);
            expect((error as CulpritError).code).toBe("MALFORMED_BODY");
          }
        }
      });
    });
  }

  function provesOutgoing(outgoing: NonNullable<typeof provider.outgoing>, given: OutgoingCases): void {
    const render = (message: Message = plainMessage) => outgoing.render(message, connect().config);
    const send = (key: string, signal = AbortSignal.timeout(5000), connection = connect()) =>
      outgoing.send(render(), connection, key, signal);
    describe(`${provider.type}: what goes out`, () => {
      test("rendering is pure, holds no secret, and the answer is inside", () => {
        const message = deepFreeze(plainMessage);
        expect(render(message)).toEqual(render(message));
        expect(render().constructor).toBe(Object);
        const text = JSON.stringify(render());
        expectNoSecret(text, secrets);
        expectNoSecret(outgoing.recipient(connect().config), secrets);
        expect(outgoing.recipient(connect().config)).not.toBe("");
        for (const words of ["Checkout fails", "applyDiscount"]) expect(text).toContain(words);
        given.withinLimits(render());
      });
      test("huge and hostile text stays within the vendor's limits, is no markup, and what was cut is said", () => {
        const rendered = render(hostileMessage);
        given.withinLimits(rendered);
        const text = JSON.stringify(rendered);
        for (const one of given.forbidden) {
          if (typeof one === "string") expect(text.includes(one), `it holds ${one}`).toBe(false);
          else expect(one.test(text), `it matches ${one}`).toBe(false);
        }
        expect(text).toMatch(/…|cut|more/);
      });
      test("a message arrives once, and what is kept of it holds no secret", async () => {
        const before = given.made(fake);
        const sent = await send("key-once");
        expect(given.made(fake)).toBe(before + 1);
        expectNoSecret(JSON.stringify(sent), secrets);
      });
      if (outgoing.repeat === "idempotent")
        test("the same key twice makes one message", async () => {
          const before = given.made(fake);
          await send("key-twice");
          await send("key-twice");
          expect(given.made(fake)).toBe(before + 1);
        });
      if (outgoing.repeat === "lookup")
        test("what was made is found by its key, and nothing else is", async () => {
          await send("key-found");
          const find = needed(outgoing.find?.bind(outgoing), "find");
          expect(await find("key-found", connect(), AbortSignal.timeout(5000))).not.toBeNull();
          expect(await find("key-never", connect(), AbortSignal.timeout(5000))).toBeNull();
        });
      const { update } = outgoing;
      if (update !== undefined)
        test("a message is changed in place", async () => {
          const { externalRef } = await send("key-update");
          const before = given.made(fake);
          expect(externalRef).not.toBeNull();
          const changed = render({ ...plainMessage, title: "Resolved: checkout works again" });
          await update.call(outgoing, externalRef ?? "", changed, connect(), "key-update-2", AbortSignal.timeout(5000));
          expect(given.made(fake)).toBe(before);
          expect(given.newest(fake)).toContain("Resolved: checkout works again");
        });
      if (given.errors !== undefined) test.skip(`errors of HTTP: ${given.errors.skipped}`, () => undefined);
      else provesErrors((signal, http) => send(`key-${Math.random()}`, signal, connect(cases.now, http)));
    });
  }

  function provesTickets(tickets: NonNullable<typeof provider.tickets>, given: TicketCases): void {
    const ticket: Ticket = {
      title: plainMessage.title,
      description: plainMessage.text,
      labels: ["incident"],
      assignees: [],
      priority: 2,
      team: null,
    };
    describe(`${provider.type}: tickets`, () => {
      test("a ticket is made once, with what it is called there, and commented", async () => {
        const before = given.made(fake);
        const sent = await tickets.create(ticket, connect(), "ticket-once", AbortSignal.timeout(5000));
        expect(given.made(fake)).toBe(before + 1);
        expect(sent.externalRef).not.toBeNull();
        expectNoSecret(JSON.stringify(sent), secrets);
        await tickets.comment(sent.externalRef ?? "", "fixed", connect(), "comment-once", AbortSignal.timeout(5000));
        expect(given.made(fake)).toBe(before + 1);
      });
      if (tickets.repeat === "idempotent")
        test("the same key twice makes one ticket", async () => {
          const before = given.made(fake);
          for (let i = 0; i < 2; i++)
            await tickets.create(ticket, connect(), "ticket-twice", AbortSignal.timeout(5000));
          expect(given.made(fake)).toBe(before + 1);
        });
      if (tickets.repeat === "lookup")
        test("a ticket is found by its key, and no other is", async () => {
          const find = needed(tickets.find?.bind(tickets), "find");
          await tickets.create(ticket, connect(), "ticket-found", AbortSignal.timeout(5000));
          expect(await find("ticket-found", connect(), AbortSignal.timeout(5000))).not.toBeNull();
          expect(await find("ticket-never", connect(), AbortSignal.timeout(5000))).toBeNull();
        });
      provesErrors((signal, http) => tickets.create(ticket, connect(cases.now, http), `t-${Math.random()}`, signal));
    });
  }

  /** The right class of error for each way in which the other side can fail. */
  function provesErrors(act: (signal: AbortSignal, http: HttpClient) => Promise<Sent>): void {
    const failure = async (how: Behaviour, http = throughFake(local, fake)): Promise<Error> => {
      fake.behave(how);
      const result = await act(patience(how), http).then(
        () => null,
        (error: unknown) => error,
      );
      expect(result, "it did not fail").toBeInstanceOf(Error);
      for (let cause: unknown = result; cause instanceof Error; cause = cause.cause)
        expectNoSecret(cause.message, secrets);
      return result as Error;
    };
    const answer = (status: number, headers: Record<string, string> = {}): Behaviour => ({
      kind: "answer",
      answer: { status, headers, body: {} },
    });
    test("429 says when to come again, 503 that it may be tried again, 401 that it may not", async () => {
      const busy = await failure(answer(429, { "retry-after": "7" }));
      expect(busy).toBeInstanceOf(VendorRefused);
      expect(busy).toMatchObject({ status: 429, retryAfterS: 7, isWorthRetrying: true });
      const full = await failure(answer(503));
      expect(full).toBeInstanceOf(VendorRefused);
      expect(full).toMatchObject({ status: 503, isWorthRetrying: true });
      const expired = await failure(answer(401));
      expect(expired).toBeInstanceOf(VendorRefused);
      expect(expired).toMatchObject({ isWorthRetrying: false });
    });
    test("500, a gateway's 504, a hang, a reset connection: it may have been made, so it is uncertain", async () => {
      for (const how of [answer(500), answer(504), { kind: "hang" } as const, { kind: "reset" } as const])
        expect(await failure(how)).toBeInstanceOf(HttpUncertain);
    });
    test("an answer of garbage is no crash: uncertain, or sent where a status says enough", async () => {
      fake.behave({ kind: "garbage" });
      const result = await act(AbortSignal.timeout(5000), throughFake(local, fake)).catch((error: unknown) => error);
      if (result instanceof Error) expect(result).toBeInstanceOf(HttpUncertain);
      else expectNoSecret(JSON.stringify(result), secrets);
    });
    test("a refused connection: surely not sent", async () => {
      const unreachable: HttpClient = {
        request: (request) => local.request({ ...request, url: "http://127.0.0.1:1/" }),
      };
      expect(await failure({ kind: "documented" }, unreachable)).toBeInstanceOf(HttpNotSent);
    });
  }

  function provesHealth(): void {
    const check = async (how: Behaviour) => {
      fake.behave(how);
      const result = await provider.check(connect(), patience(how));
      expectNoSecret(result.reason, secrets);
      expect(result.reason).not.toBe("");
      return result;
    };
    describe(`${provider.type}: health`, () => {
      test("a good one is said to be so, and the check changes nothing there", async () => {
        const before = cases.outgoing?.made(fake);
        expect((await check({ kind: "documented" })).status).toBe(cases.health.good ?? "healthy");
        expect(cases.outgoing?.made(fake)).toBe(before);
      });
      for (const name of ["expired", "missingScope", "revoked"] as const) {
        const one = cases.health[name];
        if ("skipped" in one) test.skip(`${name}: ${one.skipped}`, () => undefined);
        else
          test(`${name}: not healthy, with the reason and what to do`, async () => {
            const result = await check(one.fake);
            expect(result.status).toBe(one.status ?? "unhealthy");
            expect(result.reason).toMatch(one.says);
          });
      }
      if (cases.health.asksNobody !== true)
        test("a vendor that hangs, resets, talks garbage or answers 500 is never an exception and never healthy", async () => {
          const failing = { kind: "answer", answer: { status: 500, body: "x" } } as const;
          const garbage = cases.health.readsNoBody === true ? [] : [{ kind: "garbage" } as const];
          for (const how of [{ kind: "hang" } as const, { kind: "reset" } as const, ...garbage, failing])
            expect((await check(how)).status).not.toBe("healthy");
        });
    });
  }
}

/** Sends every request to the fake instead, which is told the origin that was meant. */
function throughFake(http: HttpClient, fake: FakeVendor): HttpClient {
  return {
    ...http,
    request(request) {
      if (!URL.canParse(request.url)) return http.request(request);
      const { origin, pathname, search } = new URL(request.url);
      return http.request({
        ...request,
        url: `${fake.url}${pathname}${search}`,
        headers: { ...request.headers, "x-fake-origin": origin },
      });
    },
  };
}

/** Every text in there that is long enough to be a secret; of a URL its path too. */
function secretsOf(value: unknown): string[] {
  if (typeof value === "string") {
    const path = URL.canParse(value) ? new URL(value).pathname : "";
    return [value, path].filter((text) => text.length >= 6);
  }
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(secretsOf) : [];
}

function expectNoSecret(text: string, secrets: readonly string[]): void {
  for (const secret of secrets) expect(text).not.toContain(secret);
}

function emptied(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.keys(values).map((name) => [name, ""]));
}

/** Each value with its letters and digits changed, its form kept. */
function scrambled(values: Readonly<Record<string, string>>): Record<string, string> {
  const other = (letter: string) => (letter === "a" ? "b" : "a");
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value.replace(/[a-z]/gi, other).replace(/[1-9]/g, (n) => String(9 - Number(n) || 1)),
    ]),
  );
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value) && !ArrayBuffer.isView(value)) {
    Object.freeze(value);
    for (const one of Object.values(value)) deepFreeze(one);
  }
  return value;
}

function needed<T>(given: T | undefined, name: string): T {
  if (given === undefined) throw new Error(`the provider has ${name}, but its cases have none`);
  return given;
}
