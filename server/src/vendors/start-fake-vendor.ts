import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** A request as a fake got it. */
export interface FakeRequest {
  readonly method: string;
  /** The origin that was meant: `https://slack.com`. */
  readonly origin: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body, where it is JSON; null otherwise. */
  readonly json: unknown;
}

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string goes as it is, all else as JSON. */
  readonly body?: unknown;
}

/** What the other side does: as documented, one answer to everything, or one of the ways to answer nothing. */
export type Behaviour =
  | { readonly kind: "documented" }
  | { readonly kind: "answer"; readonly answer: FakeAnswer }
  | { readonly kind: "hang" | "reset" | "garbage" };

/** A vendor in this process: a real server on 127.0.0.1 that answers as the vendor's published documentation says. */
export interface FakeVendor {
  readonly url: string;
  readonly requests: readonly FakeRequest[];
  behave(how: Behaviour): void;
  close(): Promise<void>;
}

/** Starts a fake of an HTTP API. `documented` answers each request. */
export async function startFakeVendor(documented: (request: FakeRequest) => FakeAnswer): Promise<FakeVendor> {
  const requests: FakeRequest[] = [];
  const sockets = new Set<Socket>();
  let behaviour: Behaviour = { kind: "documented" };
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const url = new URL(incoming.url ?? "/", "http://fake");
      const body = Buffer.concat(chunks).toString("utf8");
      const headers = Object.fromEntries(
        Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const),
      );
      const request: FakeRequest = {
        method: incoming.method ?? "",
        origin: headers["x-fake-origin"] ?? "",
        path: url.pathname,
        query: url.searchParams,
        headers,
        body,
        json: jsonOf(body),
      };
      requests.push(request);
      switch (behaviour.kind) {
        case "hang":
          return;
        case "reset":
          incoming.socket.resetAndDestroy();
          return;
        case "garbage":
          outgoing.writeHead(200, { "content-type": "application/json" }).end("\u0000{not json <html>");
          return;
        case "answer":
        case "documented": {
          const answer = behaviour.kind === "answer" ? behaviour.answer : documented(request);
          const isText = typeof answer.body === "string";
          outgoing.writeHead(answer.status, {
            "content-type": isText ? "text/plain" : "application/json",
            ...answer.headers,
          });
          outgoing.end(isText ? answer.body : JSON.stringify(answer.body ?? {}));
        }
      }
    });
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    behave: (how) => {
      behaviour = how;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
