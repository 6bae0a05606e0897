import type { z } from "zod";
import { VendorRefused } from "../domains/integration/index.ts";
import { type HttpAnswer, HttpUncertain } from "../platform/http-client/http-client.ts";

/** The sender between us and the vendor lost the answer; what it asked for may have been made. */
const lostAnswers = new Set([408, 502, 504]);
const WORDS_MAX = 300;

/**
 * Passes an answer with a status of 2xx.
 * @param words the vendor's own words for an error, from the body; without secrets.
 * @throws VendorRefused for an error that the vendor itself answered: nothing was made.
 * @throws HttpUncertain where a gateway lost the vendor's answer (408, 502, 504).
 */
export function accepted(answer: HttpAnswer, vendor: string, words: string | null = null): HttpAnswer {
  const { status } = answer;
  if (status >= 200 && status < 300) return answer;
  if (lostAnswers.has(status))
    throw new HttpUncertain(`${vendor} answered ${status}: whether it was carried out is open.`);
  const said = words === null ? "" : `: ${words.slice(0, WORDS_MAX)}`;
  throw new VendorRefused(`${vendor} answered ${status}${said}`, { status, retryAfterS: retryAfter(answer.headers) });
}

/**
 * The JSON of an accepted answer, of the shape that the vendor documents.
 * @throws HttpUncertain when it is something else: it was accepted, and nobody can say as what.
 */
export function parsed<Schema extends z.ZodType>(answer: HttpAnswer, schema: Schema, vendor: string): z.output<Schema> {
  const result = schema.safeParse(jsonOrNull(answer.body));
  if (result.success) return result.data;
  throw new HttpUncertain(`${vendor} accepted it, but its answer can't be read.`);
}

export function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** Seconds of `Retry-After` (RFC 9110: seconds or a date), rounded up; null where there is none. */
export function retryAfter(headers: Readonly<Record<string, string>>, now: Date = new Date()): number | null {
  const text = headers["retry-after"]?.trim();
  if (text === undefined || text === "") return null;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : (Date.parse(text) - now.getTime()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : null;
}
