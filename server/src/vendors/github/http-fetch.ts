import type { HttpClient, HttpRequest } from "../../platform/http-client/http-client.ts";

const REDIRECTS_MAX = 3;
const BYTES_MAX = 10 * 1024 * 1024;
const TIMEOUT_MS = 20_000;
/** Statuses whose answers have no body. */
const bodiless = new Set([204, 205, 304]);
const moved = new Set([301, 302, 307, 308]);

/**
 * The `fetch` that octokit calls through, on the guarded client. Redirects within the same origin are followed, because
 * GitHub answers so for a repository that was renamed; elsewhere the token is not taken along.
 */
export function fetchThrough(http: HttpClient): typeof fetch {
  return async (input, init = {}) => {
    let url = String(input);
    for (let redirects = 0; ; redirects++) {
      const answer = await http.request({
        method: (init.method ?? "GET") as HttpRequest["method"],
        url,
        headers: init.headers as Record<string, string>,
        ...(typeof init.body === "string" ? { body: init.body } : {}),
        timeoutMs: TIMEOUT_MS,
        bytesMax: BYTES_MAX,
        ...(init.signal == null ? {} : { signal: init.signal }),
      });
      const target = moved.has(answer.status) ? sameOrigin(answer.headers.location, url) : null;
      if (target === null || redirects >= REDIRECTS_MAX) {
        return new Response(bodiless.has(answer.status) ? null : answer.body, {
          status: answer.status,
          headers: answer.headers,
        });
      }
      url = target;
    }
  };
}

function sameOrigin(location: string | undefined, url: string): string | null {
  const target = location === undefined ? null : URL.parse(location, url);
  return target !== null && target.origin === new URL(url).origin ? target.href : null;
}
