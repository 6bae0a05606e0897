import { expect, test } from "vitest";
import { parseModule } from "../../vendors/oxc/parse-module.ts";
import { restoreSettings } from "./restore-setting.ts";

const parse = (source: string) => parseModule("settings.js", source);

test("a removed key comes back with its value, in the layout of its neighbours, and later changes stay", () => {
  const before = '{\n  "vans": { "north": 7, "default": 9 },\n  "price": 1\n}\n';
  const after = '{\n  "vans": { "north": 7 },\n  "price": 1\n}\n';
  const now = after.replace('"price": 1', '"price": 2');
  expect(restoreSettings({ before, after, now }, parse)).toEqual({
    text: now.replace('"north": 7', '"north": 7, "default": 9'),
    keys: ["vans.default"],
  });
  const top = restoreSettings(
    { before: '{\n  "a": 1,\n  "b": [2]\n}', after: '{\n  "a": 1\n}', now: '{\n  "a": 1\n}' },
    parse,
  );
  expect(top?.text).toBe('{\n  "a": 1,\n  "b": [2]\n}');
});

test("keys that are there again, or were never taken out, are left alone", () => {
  expect(restoreSettings({ before: '{"a":1}', after: "{}", now: '{"a":2}' }, parse)).toBeNull();
  expect(restoreSettings({ before: '{"a":1}', after: '{"a":2}', now: '{"a":3}' }, parse)).toBeNull();
  expect(restoreSettings({ before: "[1]", after: "[]", now: "no" }, parse)).toBeNull();
});
