import { Agent, request } from "node:http";

/** One connection to Culprit that times its requests. */
export class TimedConnection {
  readonly #port: number;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(port: number, headers: Readonly<Record<string, string>>) {
    this.#port = port;
    this.#headers = headers;
  }

  /** The parsed answer and how long it took, in milliseconds. Throws on any status but 2xx. */
  send<T>(method: "GET" | "PATCH", path: string, body?: unknown): Promise<{ answer: T; ms: number }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ answer: T; ms: number }>();
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = text === undefined ? this.#headers : { ...this.#headers, "content-type": "application/json" };
    const startedAt = performance.now();
    const asked = request(
      { host: "127.0.0.1", port: this.#port, method, path, headers, agent: this.#agent },
      (response) => {
        let received = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          received += part;
        });
        response.once("error", reject);
        response.once("end", () => {
          const ms = performance.now() - startedAt;
          const status = response.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve({ answer: JSON.parse(received) as T, ms });
          else reject(new Error(`${method} ${path} answered ${status}: ${received.slice(0, 300)}`));
        });
      },
    );
    asked.once("error", reject);
    asked.end(text);
    return promise;
  }

  close(): void {
    this.#agent.destroy();
  }
}
