import { VendorRefused } from "../../domains/integration/provider-port.ts";
import { HttpNotSent, HttpUncertain } from "../../platform/http-client/http-client.ts";

/** What octokit throws for every answer from 400 on. */
interface RequestError extends Error {
  readonly status: number;
  readonly request: { readonly method: string; readonly url: string };
  readonly response?: { readonly headers: object };
}

/** What GitHub asks to wait when it limits by its secondary limits and says nothing of how long. */
const SECONDARY_LIMIT_S = 60;

/**
 * What octokit threw, in the words of our ports: what the client threw as it was, GitHub's refusals as `VendorRefused` with
 * the time to wait (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api). A gateway's 5xx for a
 * write leaves open whether it was made, so it is `HttpUncertain`.
 */
export function mapFailure(error: unknown, now: Date): Error {
  const thrown = firstOf(error, isOfClient);
  if (thrown !== null) return thrown;
  const failure = firstOf(error, isRequestError);
  if (failure === null) return error instanceof Error ? error : new Error(String(error));
  const { status, request, response } = failure;
  const about = `${request.method} ${new URL(request.url).pathname}`;
  const headers = (response?.headers ?? {}) as Readonly<Record<string, string | undefined>>;
  const words = failure.message.slice(0, 500);
  if (status >= 500 && status !== 503 && request.method !== "GET") {
    return new HttpUncertain(`GitHub answered ${status} to ${about}, which may have been done all the same: ${words}`, {
      cause: error,
    });
  }
  const retryAfterS = secondsToWait(status, headers, words, now);
  const isLimited = retryAfterS !== null && (status === 403 || status === 429);
  return new VendorRefused(
    isLimited
      ? `GitHub's rate limit is used up (${about}); it asks to wait ${retryAfterS} s.`
      : `GitHub refused ${about} with ${status}: ${words}${remedy(status)}`,
    { status, retryAfterS, isWorthRetrying: isLimited || status === 429 || status >= 500, cause: error },
  );
}

function secondsToWait(
  status: number,
  headers: Readonly<Record<string, string | undefined>>,
  words: string,
  now: Date,
): number | null {
  const after = Number(headers["retry-after"]);
  if (headers["retry-after"] !== undefined && Number.isFinite(after)) return Math.max(0, after);
  if (status !== 403 && status !== 429) return null;
  const reset = Number(headers["x-ratelimit-reset"]);
  if (headers["x-ratelimit-remaining"] === "0" && Number.isFinite(reset)) {
    return Math.max(1, Math.ceil(reset - now.getTime() / 1000));
  }
  return status === 429 || /secondary rate limit|abuse detection/i.test(words) ? SECONDARY_LIMIT_S : null;
}

function remedy(status: number): string {
  switch (status) {
    case 401:
      return ". The token or key is not valid any more: set a new one in the integration.";
    case 403:
      return ". Grant the missing permission to the token or the app's installation.";
    case 404:
      return ". It does not exist, or the token or the app's installation has no access to it.";
    default:
      return "";
  }
}

function isOfClient(error: Error): error is HttpNotSent | HttpUncertain {
  return error instanceof HttpNotSent || error instanceof HttpUncertain;
}

function isRequestError(error: Error): error is RequestError {
  return error.name === "HttpError" && "status" in error && "request" in error;
}

function firstOf<Found extends Error>(error: unknown, is: (each: Error) => each is Found): Found | null {
  for (let each: unknown = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth++) {
    if (is(each)) return each;
  }
  return null;
}
