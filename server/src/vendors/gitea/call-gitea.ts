import { z } from "zod";
import { type HttpClient, HttpUncertain } from "../../platform/http-client/http-client.ts";
import { callVendor } from "../shared/call-vendor.ts";

const PAGE = 50;
/** Bytes of a diff are bounded by the client; an answer takes this long at most. */
const timeoutMs = 30_000;

export interface GiteaOptions {
  readonly http: HttpClient;
  /** Where people and git go: https://HOST, perhaps with a path. */
  readonly baseUrl: string;
  readonly token: string;
  readonly signal?: AbortSignal;
}

/** Gitea's and Forgejo's API, each answer held against what is read of it. */
export interface Gitea {
  call<T>(method: "GET" | "POST" | "PATCH", path: string, schema: z.ZodType<T>, body?: unknown): Promise<T>;
  text(path: string): Promise<string>;
  /** Items of a list, page after page, at most `max`. */
  list<T>(path: string, schema: z.ZodType<T>, max: number): Promise<T[]>;
}

/** A connection. Nothing is asked yet. */
export function connectGitea({ http, baseUrl, token, signal = new AbortController().signal }: GiteaOptions): Gitea {
  const ask = (method: "GET" | "POST" | "PATCH", path: string, body?: unknown) =>
    callVendor(http, {
      ...{ vendor: "Gitea", method, url: `${baseUrl}/api/v1${path}`, secrets: [token], signal, timeoutMs },
      headers: { authorization: `token ${token}` },
      ...(body === undefined ? {} : { body }),
    });
  const call: Gitea["call"] = async (method, path, schema, body) => {
    const { json } = await ask(method, path, body);
    const parsed = schema.safeParse(json);
    if (parsed.success) return parsed.data;
    throw new HttpUncertain(
      `Gitea's answer to ${method} ${path} has another shape: ${parsed.error.issues[0]?.message ?? ""}`,
    );
  };
  return {
    call,
    text: async (path) => (await ask("GET", path)).text,
    list: async (path, schema, max) => {
      const items = [];
      for (let page = 1; items.length < max; page++) {
        const sign = path.includes("?") ? "&" : "?";
        const part = await call("GET", `${path}${sign}limit=${PAGE}&page=${page}`, z.array(schema));
        items.push(...part);
        // A server may give fewer on a page than it is asked for.
        if (part.length === 0) break;
      }
      return items.slice(0, max);
    },
  };
}
