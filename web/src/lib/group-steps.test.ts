import { expect, test } from "vitest";
import { groupSteps } from "./group-steps.ts";

const entry = (seconds: number, step: string | null, message: string, level = "INFO") => ({
  at: new Date(seconds * 1000).toISOString(),
  step,
  level,
  message,
});

test("entries of one step become one group with its duration and its worst level", () => {
  const groups = groupSteps([
    entry(0, "investigate", "started"),
    entry(1, "investigate", "Commit 3f9c2ab7 did it."),
    entry(2, "investigate", "finished"),
    entry(3, "repair", "started"),
    entry(4, "repair", "The sandbox is slow.", "WARN"),
  ]);
  expect(groups).toEqual([
    {
      name: "investigate",
      at: entry(0, "", "").at,
      durationMs: 2000,
      level: "info",
      messages: ["Commit 3f9c2ab7 did it."],
    },
    { name: "repair", at: entry(3, "", "").at, durationMs: 1000, level: "warn", messages: ["The sandbox is slow."] },
  ]);
});

test("a step that comes again later is a group of its own, and no message but a bare start or end is dropped", () => {
  const groups = groupSteps([
    entry(0, "a", "one"),
    entry(1, "b", "two"),
    entry(2, "a", "three"),
    entry(3, null, "four"),
  ]);
  expect(groups.map(({ name, durationMs, messages }) => [name, durationMs, messages])).toEqual([
    ["a", null, ["one"]],
    ["b", null, ["two"]],
    ["a", null, ["three"]],
    ["info", null, ["four"]],
  ]);
});
