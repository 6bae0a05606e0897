import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Edge, Measure, Observations, Series } from "../../observations/observations.ts";
import { rankComponents } from "./rank-components.ts";

const STEP = 15_000;
const BEFORE = 80;
const NOW = 20;

/** The same numbers on every machine. */
function wobble(seed: number): (at: number) => number {
  return (at) => Math.exp(0.1 * (Math.sin(at * 12.9898 + seed * 78.233) + Math.sin(at * 4.1414 + seed)));
}

/** A series at a level that is multiplied (or set) in the trouble. */
function series(
  component: string,
  measure: Measure,
  level: number,
  now: number,
  more: Partial<Pick<Series, "callee" | "statistic" | "unit" | "metric">> = {},
): Series {
  const metric =
    more.metric ??
    { latency: "request_duration", traffic: "requests", errors: "error_ratio" }[measure as string] ??
    measure;
  const noise = wobble(component.length + metric.length);
  const times = Float64Array.from({ length: BEFORE + NOW }, (_, at) => at * STEP);
  return {
    id: `${component} ${metric} ${more.callee ?? ""}`,
    component,
    measure,
    metric,
    statistic: more.statistic ?? (measure === "latency" ? "average" : null),
    unit: more.unit ?? null,
    callee: more.callee ?? null,
    times,
    values: times.map((_, at) => (at < BEFORE ? level : now) * noise(at)),
    ref: `test:${component}/${metric}`,
  };
}

/** Requests, latency and share of failures of a component, before and now. */
function calls(
  component: string,
  before: readonly [number, number, number],
  now: readonly [number, number, number],
): Series[] {
  return [
    series(component, "traffic", before[0], now[0]),
    series(component, "latency", before[1], now[1]),
    series(component, "errors", before[2], now[2]),
  ];
}

function observe(all: readonly Series[], edges: readonly [string, string][], target: string | null): Observations {
  const keys = [...new Set([...all.map(({ component }) => component), ...edges.flat()])];
  return {
    baseline: { from: 0, to: BEFORE * STEP },
    incident: { from: BEFORE * STEP, to: (BEFORE + NOW) * STEP },
    target: target === null ? null : { component: target, measure: null, seriesId: null },
    components: keys.map((key) => ({ key, name: key, kind: "service", isOwned: null, partOf: null })),
    edges: edges.map(([from, to]): Edge => ({ from, to })),
    series: all,
    logs: [],
    operations: [],
    changes: [],
    gaps: [],
  };
}

const first = (observations: Observations) => rankComponents(observations)[0]?.component;

describe("trouble comes to rest where it arises", () => {
  test("a slow component at the end of a chain is named, and not those that wait for it", () => {
    const all = [
      ...calls("a", [100, 0.2, 0], [100, 0.6, 0]),
      ...calls("b", [100, 0.1, 0], [100, 0.5, 0]),
      ...calls("c", [100, 0.05, 0], [100, 0.45, 0]),
    ];
    expect(
      first(
        observe(
          all,
          [
            ["a", "b"],
            ["b", "c"],
          ],
          "a",
        ),
      ),
    ).toBe("c");
  });

  test("a database is named though its caller waits ten times longer, because a pool multiplies waiting", () => {
    const all = [
      ...calls("web", [100, 0.2, 0], [90, 5, 0.1]),
      ...calls("api", [100, 0.1, 0], [90, 8, 0.2]),
      ...calls("db", [300, 0.01, 0], [270, 0.8, 0]),
    ];
    expect(
      first(
        observe(
          all,
          [
            ["web", "api"],
            ["api", "db"],
          ],
          "web",
        ),
      ),
    ).toBe("db");
  });

  test("who suddenly calls ten times more often is named, and not the one that can't keep up", () => {
    const all = [
      ...calls("web", [100, 0.2, 0], [100, 2, 0]),
      ...calls("api", [100, 0.1, 0], [100, 1.9, 0]),
      ...calls("db", [300, 0.01, 0], [3000, 0.06, 0]),
    ];
    expect(
      first(
        observe(
          all,
          [
            ["web", "api"],
            ["api", "db"],
          ],
          "web",
        ),
      ),
    ).toBe("api");
  });

  test("a busy service that fails is named before a rarely called one beside it that fails more often", () => {
    const all = [
      ...calls("web", [500, 0.1, 0], [500, 0.1, 0.03]),
      ...calls("busy", [800, 0.05, 0], [800, 0.05, 0.03]),
      ...calls("rare", [40, 0.05, 0], [40, 0.05, 0.06]),
    ];
    expect(
      first(
        observe(
          all,
          [
            ["web", "busy"],
            ["web", "rare"],
          ],
          "web",
        ),
      ),
    ).toBe("busy");
  });

  test("failures are explained by slow calls behind them", () => {
    const all = [...calls("web", [100, 0.2, 0], [100, 0.3, 0.5]), ...calls("api", [100, 0.1, 0], [100, 5, 0])];
    expect(first(observe(all, [["web", "api"]], "web"))).toBe("api");
  });

  test("a component that only one of its callers finds slow is not believed to be slow", () => {
    const all = [
      ...calls("one", [100, 0.1, 0], [100, 2, 0]),
      ...calls("two", [100, 0.1, 0], [100, 0.1, 0]),
      series("one", "latency", 0.05, 1.9, { callee: "shared", metric: "client_duration" }),
      series("two", "latency", 0.05, 0.05, { callee: "shared", metric: "client_duration" }),
      ...calls("shared", [200, 0.04, 0], [200, 0.04, 0]),
    ];
    expect(
      first(
        observe(
          all,
          [
            ["one", "shared"],
            ["two", "shared"],
          ],
          "one",
        ),
      ),
    ).toBe("one");
  });

  test("calls go round in a circle without going on for ever", () => {
    const all = [...calls("a", [100, 0.1, 0], [100, 1, 0]), ...calls("b", [100, 0.1, 0], [100, 1, 0])];
    expect(
      rankComponents(
        observe(
          all,
          [
            ["a", "b"],
            ["b", "a"],
          ],
          "a",
        ),
      ),
    ).toHaveLength(2);
  });
});

describe("other evidence", () => {
  test("a component that fell silent while others speak explains who waits for it", () => {
    const quiet = series("cache", "cpu", 0.3, Number.NaN);
    const all = [...calls("api", [100, 0.1, 0], [100, 1, 0]), quiet, ...calls("web", [100, 0.2, 0], [100, 1.1, 0])];
    const [top] = rankComponents(
      observe(
        all,
        [
          ["web", "api"],
          ["api", "cache"],
        ],
        "web",
      ),
    );
    expect(top?.component).toBe("cache");
    expect(top?.parts.map(({ method }) => method)).toContain("missing_data");
  });

  test("without a call graph the strongest shift leads, and memory is named before the processor that it keeps busy", () => {
    const all = ["a", "b", "c"].flatMap((key) => [
      series(key, "cpu", 1, key === "b" ? 60 : 1.1),
      series(key, "memory", 1e8, key === "b" ? 4e8 : 1e8),
    ]);
    const [top] = rankComponents(observe(all, [], null));
    expect([top?.component, top?.metric]).toEqual(["b", "memory"]);
  });

  test("a level that had drifted before the trouble began is no news of it", () => {
    const drifted = series("old", "latency", 0.1, 0.4);
    const lead = {
      ...drifted,
      values: drifted.values.map((value, at) => (at >= BEFORE - NOW && at < BEFORE ? 4 * value : value)),
    };
    const observations = observe([lead, series("new", "latency", 0.1, 0.3)], [], null);
    const gap = { ...observations, baseline: { from: 0, to: (BEFORE - NOW) * STEP } };
    expect(first(gap)).toBe("new");
  });

  test("a faster answer or a lower load is no trouble", () => {
    const scores = rankComponents(observe([series("a", "latency", 1, 0.1), series("b", "cpu", 0.9, 0.1)], [], null));
    expect(scores.map(({ score }) => score)).toEqual([0, 0]);
  });
});

describe("honesty", () => {
  test("components that look the same have the same score", () => {
    const [a, b] = rankComponents(observe([series("x1", "latency", 1, 5), series("x2", "latency", 1, 5)], [], null));
    expect(a?.score).toBe(b?.score);
  });

  test("without any value nobody has a score, and everybody is listed", () => {
    const nothing = { ...series("a", "latency", 1, 1), times: new Float64Array(0), values: new Float64Array(0) };
    expect(rankComponents(observe([nothing], [["a", "b"]], "a")).map(({ score }) => score)).toEqual([0, 0]);
  });

  const anyValue = fc.oneof(
    fc.double({ min: -1e6, max: 1e6 }),
    fc.constantFrom(Number.NaN, 0, Number.POSITIVE_INFINITY),
  );
  const anySeries = fc.record({
    component: fc.constantFrom("a", "b", "c"),
    measure: fc.constantFrom<Measure>(
      "latency",
      "errors",
      "availability",
      "traffic",
      "cpu",
      "memory",
      "saturation",
      "other",
    ),
    callee: fc.constantFrom(null, "a", "b"),
    values: fc.array(anyValue, { maxLength: 40 }),
  });

  test("whatever the values are, scores are numbers from 0 to 1 in falling order, and nothing throws", () => {
    fc.assert(
      fc.property(fc.array(anySeries, { maxLength: 8 }), (drawn) => {
        const all = drawn.map(
          ({ component, measure, callee, values }, at): Series => ({
            ...series(component, measure, 1, 1, { callee }),
            id: String(at),
            times: Float64Array.from(values, (_, step) => (step + BEFORE - 20) * STEP),
            values: Float64Array.from(values),
          }),
        );
        const scores = rankComponents(
          observe(
            all,
            [
              ["a", "b"],
              ["b", "c"],
              ["c", "a"],
            ],
            "a",
          ),
        );
        for (const [at, { score }] of scores.entries()) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
          expect(score).toBeLessThanOrEqual(scores[at - 1]?.score ?? 1);
        }
      }),
    );
  });

  test("neither the names of components nor the order of the series matter", () => {
    const all = [...calls("a", [100, 0.2, 0], [100, 0.6, 0]), ...calls("b", [100, 0.1, 0], [100, 0.5, 0])];
    const plain = observe(all, [["a", "b"]], "a");
    const name = (key: string) => `zz-${key}-payments`;
    const renamed: Observations = {
      ...plain,
      target: { component: name("a"), measure: null, seriesId: null },
      components: plain.components.map((one) => ({ ...one, key: name(one.key), name: name(one.key) })),
      edges: [{ from: name("a"), to: name("b") }],
      series: [...all].reverse().map((one) => ({ ...one, component: name(one.component) })),
    };
    expect(rankComponents(renamed).map(({ component, score }) => [component, score.toFixed(9)])).toEqual(
      rankComponents(plain).map(({ component, score }) => [name(component), score.toFixed(9)]),
    );
  });

  test("milliseconds and seconds give the same answer", () => {
    const all = [...calls("a", [100, 0.2, 0], [100, 0.6, 0]), ...calls("b", [100, 0.1, 0], [100, 0.5, 0])];
    const inMs = all.map((one) =>
      one.measure === "latency" && one.component === "b"
        ? { ...one, unit: "ms", values: one.values.map((value) => value * 1000) }
        : one,
    );
    const scores = (list: readonly Series[]) =>
      rankComponents(observe(list, [["a", "b"]], "a")).map(({ score }) => score);
    for (const [at, score] of scores(inMs).entries()) expect(score).toBeCloseTo(scores(all)[at] ?? 0, 6);
  });
});
