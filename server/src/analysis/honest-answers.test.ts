import { expect, test } from "vitest";
import { type PlainSeries, plainObservations } from "../../../test/scenario/plain-observations.ts";
import { type Diagnosis, diagnose } from "./diagnose.ts";
import type { Observations, Series } from "./observations/observations.ts";
import { worldOfObservations } from "./world/world-of-observations.ts";

const service = (component: string, duration = 0.1): PlainSeries[] => [
  { component, measure: "traffic", metric: "requests", before: 50, during: 50, statistic: "rate" },
  { component, measure: "latency", metric: "duration", before: 0.1, during: duration },
  { component, measure: "cpu", metric: "cpu", before: 0.3, during: 0.3 },
];
const call = (component: string, callee: string, during: number): PlainSeries => ({
  component,
  callee,
  measure: "latency",
  metric: "call_duration",
  before: 0.1,
  during,
});

/** A shop of three; `change` may take values out of its series. */
function observe(series: readonly PlainSeries[], change: (one: Series, o: Observations) => Series = (one) => one) {
  const plain = plainObservations({
    components: [{ key: "web" }, { key: "cart" }, { key: "stock" }],
    edges: [
      ["web", "cart"],
      ["cart", "stock"],
    ],
    series: [...series],
  });
  return { ...plain, series: plain.series.map((one) => change(one, plain)) };
}
const ask = (observations: Observations): Diagnosis => diagnose(worldOfObservations(observations));
const withoutIncident = (one: Series, { incident }: Observations): Series => ({
  ...one,
  values: one.values.map((value, at) => ((one.times[at] ?? 0) >= incident.from ? Number.NaN : value)),
});
const findingsOf = (answer: Diagnosis) => answer.hypotheses.flatMap((one) => [...one.for, ...one.against]);

test("what is said of a series cites that series, also where it is a caller's", () => {
  const observations = observe([
    ...service("web"),
    ...service("cart"),
    call("web", "cart", 0.5),
    call("cart", "stock", 0.9),
  ]);
  const ofCalls = findingsOf(ask(observations)).filter(({ text }) => /^stock: .*call_duration rose from/.test(text));
  expect(ofCalls.length).toBeGreaterThan(0);
  const ref = observations.series.find(({ callee }) => callee === "stock")?.ref;
  for (const { evidence } of ofCalls) expect(evidence).toMatchObject({ ref, title: "cart: call_duration" });
});

test("what is said of a log line cites the line, not the series that moved most", () => {
  const answer = ask({
    ...observe([...service("web", 0.5), ...service("cart", 0.5), ...service("stock")]),
    logs: [
      {
        component: "cart",
        templateId: "t1",
        template: "TypeError: price of <*> is undefined",
        severity: "error",
        baselinePerMinute: 0,
        incidentPerMinute: 40,
        firstAt: null,
        example: "TypeError: price of 7 is undefined",
        ref: "log:cart/t1",
      },
    ],
  });
  const said = findingsOf(answer).filter(({ text }) => text.includes("TypeError"));
  expect(said.map(({ inspection }) => inspection)).toContain("log_words");
  for (const { evidence } of said) expect(`${evidence.ref}${evidence.snapshot}`).toContain("log:cart/t1");
});

test("a series without values in the trouble is missing, and no sign that all was well", () => {
  const observations = observe([...service("web"), ...service("cart", 0.5), ...service("stock")], (one, all) =>
    one.component === "web" && one.measure === "latency" ? withoutIncident(one, all) : one,
  );
  const seriesId =
    observations.series.find(({ component, measure }) => component === "web" && measure === "latency")?.id ?? null;
  const answer = ask({ ...observations, target: { component: "web", measure: "latency", seriesId } });
  for (const { text, evidence } of findingsOf(answer)) {
    expect(text).not.toContain("behaves as before");
    expect(evidence.snapshot).not.toContain("of 0 values");
  }
  expect(answer.missing.join("\n")).toMatch(/duration of web, where the trouble was noticed, has no value/);
});

test("telemetry that stopped while callers went on is told as missing and confirms nobody", () => {
  const answer = ask(
    observe([...service("web", 0.4), ...service("cart"), ...service("stock"), call("web", "cart", 0.4)], (one, all) =>
      one.component === "cart" ? withoutIncident(one, all) : one,
    ),
  );
  expect(answer.verdict).not.toBe("confirmed");
  expect(answer.missing.join("\n")).toContain("The telemetry of cart stopped");
  expect(
    findingsOf(answer)
      .map(({ text }) => text)
      .join("\n"),
  ).not.toContain("series stopped");
});

test("a component that fell silent and whose calls fail is told so once", () => {
  const failures: PlainSeries = {
    component: "web",
    callee: "cart",
    measure: "errors",
    metric: "call_failures",
    before: 0.1,
    during: 40,
  };
  const answer = ask(
    observe([...service("web", 0.4), ...service("cart"), ...service("stock"), failures], (one, all) =>
      one.component === "cart" ? withoutIncident(one, all) : one,
    ),
  );
  expect(answer.causes[0]?.component).toBe("cart");
  const said = answer.hypotheses[0]?.for.filter(({ text }) => text.includes("series stopped")) ?? [];
  expect(said).toHaveLength(1);
});

test("where nothing moved the headline says that, and nothing is cited that was not read", () => {
  const answer = ask(observe([...service("web"), ...service("cart"), ...service("stock")]));
  expect(answer.summary).toBe("Inconclusive: nothing that was measured stands out clearly enough to be blamed.");
  for (const { evidence, text } of findingsOf(answer)) {
    expect(evidence.ref).not.toMatch(/^sql:/);
    expect(text).not.toContain("code can't be read");
  }
});

test("a single series confirms nobody, nor does one beside it that began a moment before the trouble", () => {
  const queue: PlainSeries = {
    component: "cart",
    measure: "saturation",
    metric: "queue_depth",
    before: 5,
    during: 400,
  };
  const begun: PlainSeries = { component: "cart", measure: "other", metric: "samples_read", before: 1, during: 60 };
  const cart = (series: readonly PlainSeries[]) =>
    ask({
      ...observe(series, (one, { incident }) =>
        one.metric === "samples_read"
          ? {
              ...one,
              values: one.values.map((value, at) =>
                (one.times[at] ?? 0) < incident.from - 120_000 ? Number.NaN : value,
              ),
            }
          : one,
      ),
      target: { component: "cart", measure: null, seriesId: null },
    });
  for (const answer of [cart([queue]), cart([queue, begun])]) {
    expect(answer.causes[0]?.component).toBe("cart");
    expect(answer.verdict).not.toBe("confirmed");
    expect(answer.hypotheses[0]?.confidence).toBeLessThanOrEqual(0.75);
    expect(findingsOf(answer).map(({ inspection }) => inspection)).toContain("critic:single_source");
  }
});

test("missing lines are told by which figure is of now, and not in the headline where something else moved", () => {
  const missing = {
    ...{
      component: "cart",
      operation: "GET /cart/:id",
      kind: "log" as const,
      event: "any line",
      severity: null,
      isAny: true,
    },
    ...{ baselineSpans: 3357, baselineCount: 3356, incidentSpans: 271, incidentCount: 120, ref: "span:cart/lines" },
  };
  const shop = (cart: number) => [...service("web"), ...service("cart", cart), ...service("stock")];
  const alone = ask({ ...observe(shop(0.1)), spanPatterns: [missing] });
  expect(
    findingsOf(alone)
      .map(({ text }) => text)
      .join("\n"),
  ).toContain("cart: fewer spans of GET /cart/:id write a log line: 120 of 271 in the trouble, 3356 of 3357 before");
  const full: PlainSeries[] = [
    { component: "cart", measure: "saturation", metric: "disk_used", before: 0.3, during: 0.99 },
    { component: "cart", measure: "errors", metric: "failures", before: 0.1, during: 20 },
  ];
  const moved = ask({
    ...observe([...shop(0.5), ...full]),
    spanPatterns: [missing],
    target: { component: "cart", measure: null, seriesId: null },
  });
  expect(moved.verdict).not.toBe("inconclusive");
  expect(moved.causes[0]?.component).toBe("cart");
  expect(moved.summary).not.toContain("log line");
});

test("without any data no beginning of a trouble is cited, and no component stands out before another", () => {
  const change = {
    ...{ id: "c1", kind: "deployment" as const, at: Date.parse("2026-01-01T11:58:40Z"), component: "stock" },
    ...{ title: "stock 1.8.0", commitSha: null, ref: "file:changes.json#c1" },
  };
  const answer = ask({ ...observe([]), changes: [change] });
  expect(answer.verdict).toBe("inconclusive");
  const said = findingsOf(answer)
    .map(({ text }) => text)
    .join("\n");
  expect(said).toContain("stock 1.8.0 (deployment) was made 80 s before the time that was asked about");
  expect(said).not.toMatch(/trouble began|stands out/);
});

test("where every measure moved by noise only, nobody has a share of blame for being first, with a place where trouble was noticed and without", () => {
  for (const target of [null, "web"])
    for (const changed of [["stock"], ["stock", "cart", "web"]]) {
      const series = ["web", "cart", "stock"].flatMap((one) => service(one));
      const plain = plainObservations({
        components: [{ key: "web" }, { key: "cart" }, { key: "stock" }],
        edges: [
          ["web", "cart"],
          ["cart", "stock"],
        ],
        series: series.map((one) => (one.component === "stock" ? { ...one, during: one.before * 1.02 } : one)),
        changes: changed.map((component) => ({ id: `${component} 2.4.0`, component, minutes: -0.5 })),
        target,
      });
      const answer = ask(plain);
      const name = `${target} ${changed.length}`;
      expect(answer, name).toMatchObject({ verdict: "inconclusive", culpritChange: null, culpritComponent: null });
      expect(answer.summary, name).toBe(
        "Inconclusive: nothing that was measured stands out clearly enough to be blamed.",
      );
      expect(answer.causes[0]?.confidence, name).toBeLessThan(0.5);
    }
});
