import { expect, it } from "vitest";
import { plainSignal } from "../../../../test/scenario/plain-signal.ts";
import { currentFingerprint } from "./index.ts";
import { fingerprintV1 } from "./v1.ts";
import { withoutQueries } from "./without-queries.ts";

const of = (message: string) =>
  plainSignal({ title: `Error: ${message}`, exceptions: [{ type: "Error", message, frames: [] }] });
const keyOf = (message: string) => currentFingerprint(of(message)).key;

it.each([
  ["GET /x?item=11&coupon=OLD20 answered 500", "GET /x?item=12 answered 500", "GET /x answered 500"],
  ["GET /x?coupon=OLD20: timed out", "GET /x?coupon=new,10:a|b: timed out", "GET /x: timed out"],
  ["(see pricing.local/x?q[a]=b&c=%20).", "(see pricing.local/x?q[a]=).", "(see pricing.local/x)."],
  ["request to http://x/y?a=b failed", "request to http://x/y?a=c failed", "request to http://x/y failed"],
])("what was asked for does not tell failures apart, nor from one without a query: %s", (one, other, bare) => {
  expect(keyOf(other)).toBe(keyOf(one));
  expect(keyOf(bare)).toBe(keyOf(one));
});

it("a log line and a failed request without a route are known without the query too", () => {
  const line = (coupon: string) =>
    plainSignal({ door: "logs", exceptions: [], title: `Error Log: price?coupon=${coupon} failed`, request: null });
  expect(currentFingerprint(line("OLD"))).toEqual(currentFingerprint(line("NEW")));
});

it.each([
  "Did you mean /x? yes = no",
  "is it a?b or not",
  "what?=",
  "/x?",
  "a.b ?= c",
  `cart of 17 ${"x".repeat(5000)} ? y=1`,
])("a message without a query keeps its stored fingerprint: %s", (message) => {
  const signal = of(message);
  expect(withoutQueries(signal)).toBe(signal);
  expect(currentFingerprint(signal)).toEqual(fingerprintV1(signal));
});
