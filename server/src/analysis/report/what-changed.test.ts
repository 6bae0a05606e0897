import { expect, test } from "vitest";
import { type EarlierAnswer, whatChanged } from "./what-changed.ts";

const answer: EarlierAnswer = {
  verdict: "confirmed",
  culpritCommit: null,
  topTitle: "Deployment 4.1.0 of stock",
  confidence: 0.97,
};

test("a verdict whose confidence fell is not the same answer, whatever else changed; what looks the same is", () => {
  expect(whatChanged(answer, { ...answer, confidence: 0.45 })).toBe("The confidence went from 0.97 to 0.45.");
  expect(whatChanged(answer, { ...answer, verdict: "likely", confidence: 0.65 })).toBe(
    "The verdict went from confirmed to likely; the confidence went from 0.97 to 0.65.",
  );
  expect(whatChanged(answer, { ...answer, confidence: 0.9701 })).toMatch(/^Nothing changed/);
});
