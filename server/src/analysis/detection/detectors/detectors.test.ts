import { type DetectorKind, type DetectorSettings, detectorSettingsSchemas } from "@culprit/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { changeOfLevel } from "./change-of-level.ts";
import { crashLoop, growthOf } from "./crash-loop.ts";
import { errorRateSpike } from "./error-rate-spike.ts";
import { ownCondition } from "./own-condition.ts";
import { p99Regression } from "./p99-regression.ts";
import { sloBurnRate } from "./slo-burn-rate.ts";
import { type Stream, unknownUsual } from "./stream.ts";
import { wilsonLower } from "./wilson.ts";

const STEP_MS = 30_000;
const TO_MS = Date.parse("2026-06-01T12:00:00Z");

/** The settings of a detector as they are built in, but for those that a test is about. */
function settingsOf<K extends DetectorKind>(kind: K, parts: Partial<DetectorSettings[K]> = {}): DetectorSettings[K] {
  return detectorSettingsSchemas[kind].parse(parts) as DetectorSettings[K];
}

/** A stream of `minutes` with what each step tells, by its minutes before the end (0.5 for the newest). */
function streamOf(
  minutes: number,
  at: (minutesAgo: number) => { requests?: number; errors?: number; p99?: number },
  stepMs = STEP_MS,
): Stream {
  const steps = Math.round((minutes * 60_000) / stepMs);
  const told = Array.from({ length: steps }, (_, index) => at(((steps - index) * stepMs) / 60_000));
  const column = (name: "requests" | "errors" | "p99") => Float64Array.from(told, (one) => one[name] ?? Number.NaN);
  return { stepMs, toMs: TO_MS, requests: column("requests"), errors: column("errors"), p99: column("p99") };
}
const sinceMinutes = (sinceMs: number | null) => (sinceMs === null ? null : (TO_MS - sinceMs) / 60_000);

describe("a spike of the error rate", () => {
  const settings = settingsOf("error_rate_spike");
  const spike = (ratio: number, minutes: number, requests = 20) =>
    streamOf(75, (ago) => ({ requests, errors: ago <= minutes ? requests * ratio : 0 }));

  test("fires above 1 % of the requests and not below, with since when", () => {
    expect(errorRateSpike(spike(0.02, 6), settings, unknownUsual)).toMatchObject({ state: "firing", threshold: 0.01 });
    expect(errorRateSpike(spike(0.008, 6), settings, unknownUsual).state).toBe("quiet");
    const seen = errorRateSpike(spike(0.5, 6), settings, unknownUsual);
    expect(sinceMinutes(seen.sinceMs)).toBe(6);
    expect(seen.text).toBe("50 % of 2400 requests in 120 s ended in 5xx; the limit is 1 %.");
  });

  test("waits until it has lasted, and a spike that is over does not fire", () => {
    expect(errorRateSpike(spike(0.5, 0.5), settings, unknownUsual)).toMatchObject({ state: "quiet" });
    expect(errorRateSpike(spike(0.5, 1), settings, unknownUsual)).toMatchObject({ state: "firing" });
    const over = streamOf(75, (ago) => ({ requests: 20, errors: ago > 5 && ago < 10 ? 10 : 0 }));
    expect(errorRateSpike(over, settings, unknownUsual)).toMatchObject({ state: "quiet", sinceMs: null });
  });

  test("says nothing below the floor of traffic: one error in three requests is no rate", () => {
    const few = streamOf(75, (ago) => ({ requests: 0.05, errors: ago <= 6 ? 0.02 : 0 }));
    expect(errorRateSpike(few, settings, unknownUsual)).toMatchObject({ state: "unknown" });
    const none = streamOf(75, () => ({}));
    expect(errorRateSpike(none, settings, unknownUsual)).toMatchObject({ state: "unknown" });
  });

  test("what is usual at this hour is no spike, twice of it is", () => {
    const usual = { ...unknownUsual, errorRatio: 0.05 };
    expect(errorRateSpike(spike(0.06, 10), settings, usual)).toMatchObject({ state: "quiet", threshold: 0.1 });
    expect(errorRateSpike(spike(0.2, 10), settings, usual)).toMatchObject({ state: "firing", baseline: 0.05 });
  });

  test("the share that few requests vouch for is never above the share itself, and grows with the requests", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: 1000 }), (trials, some) => {
        const hits = Math.min(some, trials);
        const lower = wilsonLower(hits, trials);
        expect(lower).toBeLessThanOrEqual(hits / trials + 1e-12);
        expect(wilsonLower(hits * 10, trials * 10)).toBeGreaterThanOrEqual(lower - 1e-12);
      }),
    );
  });
});

describe("a regression of the p99", () => {
  const settings = settingsOf("p99_regression");
  const slow = (before: number, now: number, minutes = 6, requests = 20) =>
    streamOf(75, (ago) => ({ requests, p99: ago <= minutes ? now : before }));

  test("fires above twice the hour before, with the baseline, and not below", () => {
    const seen = p99Regression(slow(200, 500), settings, unknownUsual, null);
    expect(seen).toMatchObject({ state: "firing", value: 500, baseline: 200, threshold: 400 });
    expect(seen.text).toBe("Its p99 is 500 ms; 200 ms is usual, and 400 ms is the limit.");
    expect(p99Regression(slow(200, 390), settings, unknownUsual, null).state).toBe("quiet");
  });

  test("a factor that nobody feels does not fire: 4 ms for 1 ms", () => {
    expect(p99Regression(slow(1, 4), settings, unknownUsual, null).state).toBe("quiet");
  });

  test("seasonality: what the same hour of other days knows is no regression", () => {
    const usual = { ...unknownUsual, p99: 400 };
    expect(p99Regression(slow(200, 500), settings, usual, null)).toMatchObject({ state: "quiet", baseline: 400 });
    expect(p99Regression(slow(200, 900), settings, usual, null)).toMatchObject({ state: "firing" });
  });

  test("at a cold start nothing is said, and the same hour of other days is enough to say something", () => {
    const young = streamOf(75, (ago) => (ago <= 6 ? { requests: 20, p99: 900 } : {}));
    expect(p99Regression(young, settings, unknownUsual, null).state).toBe("unknown");
    expect(p99Regression(young, settings, { ...unknownUsual, p99: 100 }, null).state).toBe("firing");
  });

  test("what waits by design (long polls) and what has little traffic is not judged", () => {
    expect(p99Regression(slow(30_000, 70_000), settings, unknownUsual, null).text).toContain("waits by design");
    expect(p99Regression(slow(200, 900, 6, 0.1), settings, unknownUsual, null).state).toBe("unknown");
  });

  test("trouble that stays for hours does not become normal: a firing keeps its baseline", () => {
    const long = slow(200, 500, 75);
    expect(p99Regression(long, settings, unknownUsual, null).state).toBe("quiet");
    expect(p99Regression(long, settings, unknownUsual, { baseline: 200 }).state).toBe("firing");
  });

  test("one slow step among fast ones is no regression", () => {
    const blip = streamOf(75, (ago) => ({ requests: 20, p99: ago === 0.5 ? 5000 : 200 }));
    expect(p99Regression(blip, settings, unknownUsual, null).state).toBe("quiet");
  });
});

describe("a crash loop", () => {
  const settings = settingsOf("crashloop");
  const restarts = (...series: number[][]) => ({
    stepMs: STEP_MS,
    toMs: TO_MS,
    series: series.map((one) => Float64Array.from(one)),
  });
  const rare = (count: number) => Array.from({ length: 20 }, (_, at) => (at >= 20 - count ? 1 : 0));

  test("is one container that begins again three times in ten minutes", () => {
    expect(crashLoop(restarts(rare(3)), settings)).toMatchObject({ state: "firing", value: 3, threshold: 3 });
    expect(crashLoop(restarts(rare(2)), settings)).toMatchObject({ state: "quiet" });
  });

  test("a rollout that restarts five containers once each is none, and silence says nothing", () => {
    expect(crashLoop(restarts(rare(1), rare(1), rare(1), rare(1), rare(1)), settings).state).toBe("quiet");
    expect(crashLoop(restarts([Number.NaN, Number.NaN]), settings).state).toBe("unknown");
  });

  test("a count that begins again at zero has grown by what it shows", () => {
    expect([...growthOf(Float64Array.from([4, 4, 5, Number.NaN, 7, 1]))]).toEqual([0, 0, 1, Number.NaN, 2, 1]);
  });
});

describe("the burn rate of an error budget", () => {
  const settings = settingsOf("slo_burn_rate", { objective: 0.99 });
  const both = (at: (ago: number) => { requests?: number; errors?: number }) =>
    [streamOf(75, at), streamOf(360, at, 300_000)] as const;
  const failing = (ratio: number, minutes: number, quietFor = 0) =>
    both((ago) => ({ requests: 20, errors: ago <= minutes && ago > quietFor ? 20 * ratio : 0 }));

  test("14.4 times over 1 h and 5 min fires", () => {
    expect(sloBurnRate(...failing(0.15, 75), settings)).toMatchObject({ state: "firing", threshold: 14.4 });
    expect(sloBurnRate(...failing(0.14, 75), settings)).not.toMatchObject({ threshold: 14.4 });
  });

  test("6 times over 6 h and 15 min fires", () => {
    expect(sloBurnRate(...failing(0.065, 360), settings)).toMatchObject({ state: "firing", threshold: 6 });
    expect(sloBurnRate(...failing(0.055, 360), settings)).toMatchObject({ state: "quiet" });
  });

  test("what is over for five minutes is over, however much it burnt in the hour", () => {
    expect(sloBurnRate(...failing(0.3, 70, 6), settings)).toMatchObject({ state: "quiet" });
  });

  test("a window that lacks more than half of its data is not believed", () => {
    const young = (minutes: number) =>
      both((ago) => (ago <= minutes ? { requests: 20, errors: ago <= 8 ? 20 : 0 } : {}));
    expect(sloBurnRate(...young(35), settings)).toMatchObject({ state: "firing", threshold: 14.4 });
    expect(sloBurnRate(...young(25), settings)).toMatchObject({ state: "unknown" });
  });

  test("a few errors of a quiet service are no budget", () => {
    const quiet = both((ago) => ({ requests: 0.1, errors: ago <= 60 ? 0.05 : 0 }));
    expect(sloBurnRate(...quiet, settings)).toMatchObject({ state: "unknown" });
  });
});

describe("a change of level", () => {
  const settings = settingsOf("change_point");
  const wave = (ago: number) => 200 + 10 * Math.sin(ago * 7);

  test("fires when the p99 has moved by half and stays, with since when, and not for its usual waves", () => {
    const seen = changeOfLevel(
      streamOf(60, (ago) => ({ requests: 20, p99: wave(ago) + (ago <= 10 ? 150 : 0) })),
      settings,
      null,
    );
    expect(seen.state).toBe("firing");
    expect(sinceMinutes(seen.sinceMs)).toBe(10);
    expect(
      changeOfLevel(
        streamOf(60, (ago) => ({ requests: 20, p99: wave(ago) })),
        settings,
        null,
      ).state,
    ).toBe("quiet");
  });

  test("asks for its direction, and for enough traffic", () => {
    const fall = streamOf(60, (ago) => ({ requests: 20, p99: wave(ago) - (ago <= 10 ? 150 : 0) }));
    expect(changeOfLevel(fall, settings, null).state).toBe("quiet");
    expect(changeOfLevel(fall, { ...settings, direction: "both" }, null).state).toBe("firing");
    const little = streamOf(60, (ago) => ({ requests: 0.01, p99: ago <= 10 ? 900 : 200 }));
    expect(changeOfLevel(little, settings, null).state).toBe("unknown");
  });

  test("one that stands ends when half of the way back is gone", () => {
    const at = (level: number) => streamOf(60, () => ({ requests: 20, p99: level }));
    expect(changeOfLevel(at(320), settings, { baseline: 200 }).state).toBe("firing");
    expect(changeOfLevel(at(220), settings, { baseline: 200 }).state).toBe("quiet");
  });
});

describe("a condition of the project's own", () => {
  const judge = (judged: (boolean | null)[]) =>
    ownCondition({ judged, stepMs: STEP_MS, toMs: TO_MS, text: "c" }, 120_000);

  test("fires when it has held for so long; an unknown step in between does not break it, a false one does", () => {
    expect(judge([false, true, true, true, true])).toMatchObject({ state: "firing" });
    expect(judge([false, true, null, true, true])).toMatchObject({ state: "firing" });
    expect(judge([false, true, false, true, true])).toMatchObject({ state: "quiet" });
    expect(judge([true, true, true, true, null])).toMatchObject({ state: "unknown" });
  });
});

test("whatever a stream holds, each detector answers, and never with a number that is none", () => {
  const value = fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constant(Number.NaN), fc.constant(0));
  const column = fc.array(value, { minLength: 0, maxLength: 150 }).map((values) => Float64Array.from(values));
  fc.assert(
    fc.property(column, column, column, (requests, errors, p99) => {
      const stream = { stepMs: STEP_MS, toMs: TO_MS, requests, errors, p99 };
      for (const seen of [
        errorRateSpike(stream, settingsOf("error_rate_spike"), unknownUsual),
        p99Regression(stream, settingsOf("p99_regression"), unknownUsual, null),
        sloBurnRate(stream, stream, settingsOf("slo_burn_rate")),
        changeOfLevel(stream, settingsOf("change_point"), null),
        crashLoop({ stepMs: STEP_MS, toMs: TO_MS, series: [requests, errors] }, settingsOf("crashloop")),
      ]) {
        for (const number of [seen.value, seen.threshold, seen.baseline]) expect(number).not.toBeNaN();
        if (seen.state === "firing") expect(seen.sinceMs).toBeLessThanOrEqual(TO_MS);
      }
    }),
  );
});
