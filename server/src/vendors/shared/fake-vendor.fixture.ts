import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Connection, IncomingRequest, Message } from "../../domains/integration/index.ts";
import { type HttpClient, HttpNotSent, HttpUncertain } from "../../platform/http-client/http-client.ts";

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The body as JSON, or null. */
  readonly json: Readonly<Record<string, unknown>> | null;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
}

export interface FakeVendor {
  readonly url: string;
  /** All requests so far, oldest first. */
  readonly received: readonly Received[];
  close(): Promise<void>;
}

/** A fake of a vendor's API: a real HTTP server on 127.0.0.1 that answers as its published documentation says. */
export async function startFakeVendor(
  answer: (request: Received, earlier: readonly Received[]) => FakeAnswer,
): Promise<FakeVendor> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://fake");
      const text = Buffer.concat(chunks).toString("utf8");
      const one: Received = {
        method: request.method ?? "",
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
        text,
        json: parse(text),
      };
      const { status = 200, headers = {}, json, text: plain } = answer(one, received);
      received.push(one);
      response.writeHead(status, {
        "content-type": json === undefined ? "text/plain" : "application/json",
        ...headers,
      });
      response.end(json === undefined ? (plain ?? "") : JSON.stringify(json));
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

function parse(text: string): Readonly<Record<string, unknown>> | null {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return null;
  }
}

/** A client without the guards of the real one, for vendors' own tests against their fakes. */
export const plainHttp: HttpClient = {
  async request({ method, url, headers, body, signal }) {
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        redirect: "manual",
        ...(headers === undefined ? {} : { headers }),
        ...(body === undefined ? {} : { body }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (cause) {
      const words = `${method} ${url} failed`;
      throw String((cause as Error).cause).includes("ECONNREFUSED")
        ? new HttpNotSent(words, { cause })
        : new HttpUncertain(words, { cause });
    }
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
  },
};

/** A connection to a fake. */
export function connectionTo<Config, Credentials>(
  config: Config,
  credentials: Credentials,
  now: Date = new Date("2026-01-01T12:00:00Z"),
): Connection<Config, Credentials> {
  return {
    integrationId: "00000000-0000-4000-8000-000000000001",
    projectId: "00000000-0000-4000-8000-000000000002",
    config,
    credentials,
    http: plainHttp,
    now: () => now,
  };
}

/** A message as `notify` sends it; `overrides` say what a test is about. */
export function someMessage(overrides: Partial<Message> = {}): Message {
  return {
    title: "TypeError: x is undefined",
    severity: "high",
    tone: "bad",
    text: "12 times in cart since 12:03.",
    fields: [
      { name: "Service", value: "cart" },
      { name: "Environment", value: "production" },
    ],
    sections: [
      { title: "Top hypothesis", text: "Commit 1a2b3c4 removed a check." },
      { title: "Excerpt", text: "at total (src/cart.js:3:7)", isCode: true },
    ],
    links: [{ label: "Open the incident", url: "https://culprit.example.com/incidents/inc_1" }],
    buttons: [
      { verb: "confirm", label: "Confirm", token: "token-confirm", url: "https://culprit.example.com/b/confirm" },
      { verb: "reject", label: "Reject", token: "token-reject", url: "https://culprit.example.com/b/reject" },
    ],
    ...overrides,
  };
}

/** Texts that would call people, format or link somewhere if a vendor took them as they are. */
export const hostileText =
  "@everyone <!channel> <@U123> @all **bold** [click](https://evil.example) <b>x</b> `code` ```fence``` </pre>";

/** A message whose every text is hostile. */
export function hostileMessage(): Message {
  return someMessage({
    title: hostileText,
    text: hostileText,
    fields: [{ name: hostileText, value: hostileText }],
    sections: [
      { title: hostileText, text: hostileText },
      { title: "code", text: hostileText, isCode: true },
    ],
  });
}

/** A message far beyond every vendor's limits. */
export function hugeMessage(): Message {
  const long = "ü𝕏 long text ".repeat(4000);
  return someMessage({
    title: long,
    text: long,
    fields: Array.from({ length: 60 }, (_, i) => ({ name: `${i} ${long}`.slice(0, 500), value: long.slice(0, 3000) })),
    sections: Array.from({ length: 20 }, () => ({ title: long.slice(0, 400), text: long, isCode: true })),
    links: Array.from({ length: 30 }, (_, i) => ({ label: `link ${i}`, url: `https://culprit.example.com/${i}` })),
  });
}

/** A request as the inbox hands it to a provider. */
export function someRequest(
  body: string | object,
  headers: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string>> = {},
): IncomingRequest {
  return { headers, query, body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)) };
}

/** A signal that never fires. */
export const noSignal = new AbortController().signal;
