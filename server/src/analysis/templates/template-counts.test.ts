import { expect, test } from "vitest";
import { createTemplateCounts } from "./template-counts.ts";

const line = (atMs: number, body: string, serviceKey = "default/prod/shop") => ({
  serviceKey,
  environment: "prod",
  atMs,
  body,
  severity: "info" as const,
});

test("lines are counted by service, template and minute, and taken once the minute is over", () => {
  const counts = createTemplateCounts();
  for (const atMs of [1_000, 2_000, 61_000]) counts.add(line(atMs, `order ${atMs} paid`));
  counts.add(line(3_000, "order 1 paid", "default/prod/other"));
  const taken = counts.takeBefore(60_000);
  expect(taken.map(({ serviceKey, atMs, count }) => [serviceKey, atMs, count]).sort()).toEqual([
    ["default/prod/other", 0, 1],
    ["default/prod/shop", 0, 2],
  ]);
  expect(taken[0]).toMatchObject({ template: "order <*> paid", example: "order 1000 paid" });
  expect(counts.takeBefore(60_000)).toEqual([]);
  expect(counts.takeBefore(120_000)).toMatchObject([{ atMs: 60_000, count: 1 }]);
});

test("a restart with the state goes on with the same ids", () => {
  const before = createTemplateCounts();
  const names = ["ann", "bob", "eve", "kim"];
  const first = before.add(line(0, "session closed for user joe")).templateId;
  for (const name of names) before.add(line(0, `session closed for user ${name}`));
  const after = createTemplateCounts({ state: before.state() });
  expect(after.add(line(0, "session closed for user zoe")).templateId).toBe(first);
});

test("services beyond the limit are forgotten, the longest silent first", () => {
  const counts = createTemplateCounts({ servicesMax: 2 });
  for (const service of ["a", "b", "a", "c"]) counts.add(line(0, "hello", service));
  expect(Object.keys(counts.state()).sort()).toEqual(["prod\na", "prod\nc"]);
});
