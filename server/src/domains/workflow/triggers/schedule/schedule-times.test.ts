import { expect, test } from "vitest";
import { dueRun, nextRun, nextRuns, type ScheduleTrigger } from "./schedule-times.ts";

const schedule = (parts: Partial<ScheduleTrigger>): ScheduleTrigger => ({
  type: "schedule",
  cron: "0 * * * *",
  timezone: "UTC",
  missed: "run_once",
  ...parts,
});
const at = (text: string) => new Date(text);
const iso = (dates: readonly Date[]) => dates.map((date) => date.toISOString().slice(0, 16));

test("a daily time that the start of summer time leaves out comes right after the gap, once", () => {
  const night = schedule({ cron: "30 2 * * *", timezone: "Europe/Berlin" });
  expect(iso(nextRuns(night, 3, at("2026-03-28T12:00:00Z")))).toEqual([
    "2026-03-29T01:00",
    "2026-03-30T00:30",
    "2026-03-31T00:30",
  ]);
});

test("a daily time that the end of summer time repeats comes once, an hourly one each hour", () => {
  const night = schedule({ cron: "30 2 * * *", timezone: "Europe/Berlin" });
  expect(iso(nextRuns(night, 2, at("2026-10-24T12:00:00Z")))).toEqual(["2026-10-25T00:30", "2026-10-26T01:30"]);
  const hourly = schedule({ cron: "0 * * * *", timezone: "Europe/Berlin" });
  expect(iso(nextRuns(hourly, 3, at("2026-10-24T23:30:00Z")))).toEqual([
    "2026-10-25T00:00",
    "2026-10-25T01:00",
    "2026-10-25T02:00",
  ]);
});

test("a schedule without any time has none", () => {
  expect(nextRun(schedule({ cron: "0 0 30 2 *" }), at("2026-01-01T00:00:00Z"))).toBeNull();
});

test("on time it runs once and is due at its next time", () => {
  expect(dueRun(schedule({}), at("2026-01-01T10:00:00Z"), at("2026-01-01T10:00:00.400Z"))).toEqual({
    dueAt: at("2026-01-01T10:00:00Z"),
    missed: 0,
    runs: true,
    nextAt: at("2026-01-01T11:00:00Z"),
  });
});

test("after a pause, run_once makes one run of all that was missed, and skip none", () => {
  const [planned, now] = [at("2026-01-01T10:00:00Z"), at("2026-01-01T14:20:00Z")];
  const missed = { dueAt: at("2026-01-01T14:00:00Z"), missed: 5, nextAt: at("2026-01-01T15:00:00Z") };
  expect(dueRun(schedule({}), planned, now)).toEqual({ ...missed, runs: true });
  expect(dueRun(schedule({ missed: "skip" }), planned, now)).toEqual({ ...missed, runs: false });
});

test("with skip, the newest time still runs when it is on time", () => {
  const due = dueRun(schedule({ missed: "skip" }), at("2026-01-01T10:00:00Z"), at("2026-01-01T14:00:02Z"));
  expect(due).toMatchObject({ dueAt: at("2026-01-01T14:00:00Z"), missed: 4, runs: true });
});

test("a clock that leaps a year ahead over a minutely schedule is one run, reckoned in no time", () => {
  const startedAtMs = performance.now();
  const due = dueRun(schedule({ cron: "* * * * *" }), at("2026-01-01T10:00:00Z"), at("2027-01-01T10:00:30Z"));
  expect(due).toMatchObject({ missed: 999, runs: true, dueAt: at("2027-01-01T10:00:00Z") });
  expect(performance.now() - startedAtMs).toBeLessThan(500);
});

test("a clock that went back does not bring the same time again", () => {
  const planned = at("2026-01-01T10:00:00Z");
  expect(dueRun(schedule({}), planned, at("2026-01-01T10:00:00Z")).nextAt).toEqual(at("2026-01-01T11:00:00Z"));
  expect(dueRun(schedule({}), planned, at("2026-01-01T09:58:00Z")).nextAt).toEqual(at("2026-01-01T11:00:00Z"));
});
