import { expect, test } from "vitest";
import { labelsOfRef } from "./labels-of-ref.ts";

test("two series of one metric are told apart by the labels in their references", () => {
  const ref = "postgres:metric_points?metric=red.errors&label.route=GET+%2Fshipping%2Fquote&label.pod=a&labels=exactly";
  expect(labelsOfRef(ref)).toBe("route=GET /shipping/quote pod=a");
  expect(labelsOfRef("postgres:metric_points?metric=red.errors&labels=exactly")).toBe("");
  expect(labelsOfRef("git:3f9c2ab7")).toBe("");
});
