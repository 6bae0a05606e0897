import { expect, test } from "vitest";
import { recorderSource } from "./recorder-source.ts";

const record = new Function(`${recorderSource}; return record;`)() as (value: unknown) => { t: string };

test.each([
  ["milliseconds", () => Date.now()],
  ["seconds", () => Math.floor(Date.now() / 1000)],
  ["ISO 8601", () => new Date().toISOString()],
  ["a Date", () => new Date()],
])("an instant of now, in %s, is never recorded as a value to expect", (_form, now) => {
  expect(record(now())).toEqual({ t: "opaque" });
});

test("older instants and plain values are recorded", () => {
  const values = [1_600_000_000_000, "2020-01-01T00:00:00.000Z", 390, "Postbote", new Date(0), true];
  expect(values.map((value) => record(value).t)).toEqual(["json", "json", "json", "json", "date", "json"]);
});
