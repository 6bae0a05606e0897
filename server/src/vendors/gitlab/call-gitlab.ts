import { z } from "zod";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { type HttpClient, HttpUncertain } from "../../platform/http-client/http-client.ts";
import { callVendor } from "../shared/call-vendor.ts";

const PAGE = 100;
const timeoutMs = 30_000;

export interface GitLabOptions {
  readonly http: HttpClient;
  /** Where people and git go: https://HOST, perhaps with a path. */
  readonly baseUrl: string;
  readonly token: string;
  readonly signal?: AbortSignal;
}

/** GitLab's REST API, version 4, each answer held against what is read of it. */
export interface GitLab {
  call<T>(method: "GET" | "POST" | "PUT", path: string, schema: z.ZodType<T>, body?: unknown): Promise<T>;
  /** Items of a list, page after page, at most `max`. */
  list<T>(path: string, schema: z.ZodType<T>, max: number): Promise<T[]>;
}

/** A connection. Nothing is asked yet. */
export function connectGitLab({ http, baseUrl, token, signal = new AbortController().signal }: GitLabOptions): GitLab {
  const ask = async <T>(method: "GET" | "POST" | "PUT", path: string, schema: z.ZodType<T>, body?: unknown) => {
    const { json, headers } = await callVendor(http, {
      ...{ vendor: "GitLab", method, url: `${baseUrl}/api/v4${path}`, secrets: [token], signal, timeoutMs },
      headers: { "private-token": token },
      ...(body === undefined ? {} : { body }),
    });
    const parsed = schema.safeParse(json);
    if (parsed.success) return { data: parsed.data, nextPage: headers["x-next-page"] ?? "" };
    throw new HttpUncertain(
      `GitLab's answer to ${method} ${path} has another shape: ${parsed.error.issues[0]?.message ?? ""}`,
    );
  };
  return {
    call: async (method, path, schema, body) => (await ask(method, path, schema, body)).data,
    list: async (path, schema, max) => {
      const items = [];
      const sign = path.includes("?") ? "&" : "?";
      for (let page = "1"; page !== "" && items.length < max; ) {
        const part = await ask("GET", `${path}${sign}per_page=${Math.min(max, PAGE)}&page=${page}`, z.array(schema));
        items.push(...part.data);
        page = part.data.length === 0 ? "" : part.nextPage;
      }
      return items.slice(0, max);
    },
  };
}

/** `group/name`, with as many groups as there are. */
export const gitlabRepository = /^[A-Za-z0-9_][\w.-]*(?:\/[A-Za-z0-9_.-]*[A-Za-z0-9_-][A-Za-z0-9_.-]*)+$/;

/** The path of a project's own requests. @throws CulpritError INVALID_REQUEST for what is no `group/name`. */
export function projectPath(repository: string): string {
  if (gitlabRepository.test(repository)) return `/projects/${encodeURIComponent(repository)}`;
  const provided = repository.slice(0, 200);
  throw new CulpritError(
    "INVALID_REQUEST",
    `${JSON.stringify(provided)} is no repository of GitLab. Write group/name.`,
    {
      details: { field: "repository", provided },
    },
  );
}
