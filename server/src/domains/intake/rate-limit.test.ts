import { expect, test } from "vitest";
import { RateLimit } from "./rate-limit.ts";

test("a project over its limit is told when to come back, others are not held up", () => {
  let nowMs = 0;
  const limit = new RateLimit(60, () => nowMs);
  for (let i = 0; i < 60; i++) limit.take("a");
  expect(() => limit.take("a")).toThrow(
    expect.objectContaining({ code: "RATE_LIMIT_EXCEEDED", details: { retryAfterS: 1 } }),
  );
  limit.take("b");
  nowMs = 1000;
  limit.take("a");
  expect(() => limit.take("a")).toThrow(/more than 60 requests a minute/);
});

test("no limit never refuses", () => {
  const limit = new RateLimit(0);
  for (let i = 0; i < 1000; i++) limit.take("a");
});
