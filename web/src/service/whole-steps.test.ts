import { expect, test } from "vitest";
import { wholeSteps } from "./whole-steps.ts";

test("a window ends with the last step that is over and had time to be told", () => {
  const at = (time: string) => wholeSteps(Date.parse(`2026-11-21T${time}Z`), 1, 120).to;
  expect(at("10:05:59")).toBe("2026-11-21T10:04:00.000Z");
  expect(at("10:06:19")).toBe("2026-11-21T10:04:00.000Z");
  expect(at("10:06:20")).toBe("2026-11-21T10:06:00.000Z");
  expect(wholeSteps(Date.parse("2026-11-21T10:06:20Z"), 1, 120).from).toBe("2026-11-21T09:06:00.000Z");
});
