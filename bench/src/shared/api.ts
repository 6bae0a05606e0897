import { Agent, get } from "node:http";

/** One connection to the API, with a project's key. */
export class Api {
  readonly #port: number;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(port: number, apiKey: string) {
    this.#port = port;
    this.#headers = { authorization: `Bearer ${apiKey}` };
  }

  /** The parsed answer of a GET. Throws on any status but 200. */
  get<T>(path: string): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const options = { host: "127.0.0.1", port: this.#port, path, headers: this.#headers, agent: this.#agent };
    const asked = get({ ...options, timeout: 30_000 }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.once("error", reject);
      response.once("end", () => {
        if (response.statusCode === 200) resolve(JSON.parse(body) as T);
        else reject(new Error(`GET ${path} answered ${response.statusCode}: ${body.slice(0, 300)}`));
      });
    });
    asked.once("timeout", () => asked.destroy(new Error(`GET ${path} did not answer within 30 s`)));
    asked.once("error", reject);
    return promise;
  }

  close(): void {
    this.#agent.destroy();
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
