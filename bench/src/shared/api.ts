import { Agent, request } from "node:http";

/** Connections to the API, with a project's key; one unless told. */
export class Api {
  readonly #port: number;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent: Agent;

  constructor(port: number, apiKey: string, { connections = 1 }: { readonly connections?: number } = {}) {
    this.#port = port;
    this.#headers = { authorization: `Bearer ${apiKey}` };
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** The parsed answer of a GET. Throws on any status but 2xx. */
  get<T>(path: string): Promise<T> {
    return this.#ask<T>("GET", path, null);
  }

  /** The parsed answer of a POST. Throws on any status but 2xx. */
  post<T>(path: string, body: unknown): Promise<T> {
    return this.#ask<T>("POST", path, JSON.stringify(body));
  }

  close(): void {
    this.#agent.destroy();
  }

  #ask<T>(method: string, path: string, body: string | null): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const headers = {
      ...this.#headers,
      ...(body === null ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
    };
    const options = { host: "127.0.0.1", port: this.#port, method, path, headers, agent: this.#agent };
    const asked = request({ ...options, timeout: 30_000 }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.once("error", reject);
      response.once("end", () => {
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve(JSON.parse(text) as T);
        else reject(new Error(`${method} ${path} answered ${status}: ${text.slice(0, 300)}`));
      });
    });
    asked.once("timeout", () => asked.destroy(new Error(`${method} ${path} did not answer within 30 s`)));
    asked.once("error", reject);
    asked.end(body ?? undefined);
    return promise;
  }
}

interface IncidentPage {
  readonly incidents: readonly { readonly id: string; readonly occurrence_count: number }[];
  readonly next_cursor: string | null;
}

/** What the API says of all incidents, page by page: how many there are, and the sum of their occurrences. */
export async function countAll(api: Api): Promise<{ incidents: number; occurrences: number; someId: string | null }> {
  let [incidents, occurrences] = [0, 0];
  let someId: string | null = null;
  for (let cursor: string | null = ""; cursor !== null; ) {
    const after: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: IncidentPage = await api.get<IncidentPage>(`/api/incidents?limit=100${after}`);
    incidents += page.incidents.length;
    for (const { occurrence_count } of page.incidents) occurrences += occurrence_count;
    someId ??= page.incidents[0]?.id ?? null;
    cursor = page.next_cursor;
  }
  return { incidents, occurrences, someId };
}
