import { expect, test } from "vitest";
import { changedSettings, flatten, withSetting } from "./flat-settings.ts";

const policy = { change_window_s: 900, traffic: { requests_per_minute_min: 10 }, information: ["low"] };

test("groups are taken apart, lists and named series stay whole", () => {
  expect(flatten(policy)).toEqual([
    ["change_window_s", 900],
    ["traffic.requests_per_minute_min", 10],
    ["information", ["low"]],
  ]);
  expect(flatten({ series: { queue: { metric: "depth" } } })).toEqual([["series", { queue: { metric: "depth" } }]]);
});

test("one setting is replaced where it stands, the others and what was handed in stay as they are", () => {
  expect(withSetting(policy, "traffic.requests_per_minute_min", 30)).toEqual({
    ...policy,
    traffic: { requests_per_minute_min: 30 },
  });
  expect(withSetting(policy, "change_window_s", 60).change_window_s).toBe(60);
  expect(policy.traffic.requests_per_minute_min).toBe(10);
});

test("only what was changed is told", () => {
  expect(changedSettings(policy, withSetting(policy, "information", ["low", "medium"]))).toEqual({
    information: ["low", "medium"],
  });
  expect(changedSettings(policy, structuredClone(policy))).toEqual({});
});
