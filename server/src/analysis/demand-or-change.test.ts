import { expect, test } from "vitest";
import {
  type PlainObservations,
  type PlainSeries,
  plainObservations,
} from "../../../test/scenario/plain-observations.ts";
import { type Diagnosis, diagnose } from "./diagnose.ts";
import { worldOfObservations } from "./world/world-of-observations.ts";

const shop = {
  components: [
    { key: "gateway" },
    { key: "checkout" },
    { key: "stock" },
    { key: "stock-db", kind: "database" as const },
  ],
  edges: [
    ["gateway", "checkout"],
    ["checkout", "stock"],
    ["stock", "stock-db"],
  ] as const,
};
const service = (component: string, duration: number, requests: number, from = 0): PlainSeries[] => [
  { component, measure: "traffic", metric: "requests", before: 8, during: requests, statistic: "rate", from: from - 1 },
  { component, measure: "latency", metric: "duration", before: 0.1, during: duration, from },
];
/** Its pool is full, it waits and fails; who calls it waits with it. */
const stockShort = (requests: number, from = 0): PlainSeries[] => [
  ...service("gateway", 1.8, requests, from),
  ...service("checkout", 1.9, requests, from),
  ...service("stock", 5, requests, from),
  { component: "stock", measure: "errors", metric: "errors", before: 0.05, during: 12, from },
  { component: "stock", measure: "saturation", metric: "pool_pending", before: 0.5, during: 300, from },
  { component: "stock-db", measure: "latency", metric: "query", before: 0.01, during: 0.01 },
];
const release = (minutes: number) => [{ id: "stock 1.4.0", component: "stock", minutes }];

function ask(series: readonly PlainSeries[], more: Partial<PlainObservations>): Diagnosis {
  return diagnose(worldOfObservations(plainObservations({ ...shop, series, ...more })));
}
const against = (answer: Diagnosis, id: string) =>
  answer.hypotheses
    .filter(({ subject }) => subject.kind === "change" && subject.id === id)
    .flatMap((one) => one.against.map(({ text }) => text))
    .join("\n");

test("a release that had served for minutes before demand from outside overran its component is not blamed; the traffic is", () => {
  for (const minutes of [-10, -25, -50]) {
    const answer = ask(stockShort(120), { changes: release(minutes) });
    expect(answer.culpritChange, `${minutes}`).toBeNull();
    expect(answer.causes[0], `${minutes}`).toMatchObject({ component: "gateway", type: "traffic" });
    expect(answer.verdict, `${minutes}`).not.toBe("inconclusive");
  }
  expect(against(ask(stockShort(120), { changes: release(-25) }), "stock 1.4.0")).toMatch(
    /traffic at gateway rose .*times the usual: such demand alone can do this to stock/,
  );
});

test("a release a minute or two before demand overran its component is not confirmed, and the demand is told against it", () => {
  for (const minutes of [-1.3, -2, -3]) {
    const answer = ask(stockShort(120), { changes: release(minutes) });
    expect(answer.verdict, `${minutes}`).not.toBe("confirmed");
    expect(against(answer, "stock 1.4.0"), `${minutes}`).toMatch(/demand from outside may have done this to stock/);
    expect(answer.causes.slice(0, 2).map(({ type }) => type)).toContain("traffic");
  }
});

test("a release of the entry itself is not confirmed where demand rose shortly before its trouble, also where a restless series tells it", () => {
  const series = ["gateway", "checkout", "stock"].flatMap((component): PlainSeries[] => [
    ...service(component, component === "gateway" ? 0.15 : 0.12, 26).map((one) =>
      one.measure === "traffic" ? { ...one, from: -2 } : one,
    ),
    { component, measure: "cpu", metric: "cpu", before: 20, during: 80 },
  ]);
  for (const restless of [0.2, 0.3]) {
    const plain = plainObservations({
      ...shop,
      series,
      changes: [{ id: "gateway 2.4.0", component: "gateway", minutes: -1.3 }],
    });
    const answer = diagnose(
      worldOfObservations({
        ...plain,
        series: plain.series.map((one) => ({
          ...one,
          values: one.values.map((value, at) => value * (1 + restless * Math.sin(at * 1.7))),
        })),
      }),
    );
    expect(answer.verdict, `${restless}`).toBe("likely");
    expect(answer.confidence, `${restless}`).toBeLessThanOrEqual(0.75);
    expect(against(answer, "gateway 2.4.0")).toContain("demand from outside may have done this to gateway by itself");
  }
});

test("a load that grows in proportion to demand from outside is no trouble: nobody is blamed", () => {
  for (const component of ["gateway", "stock"]) {
    const series = ["gateway", "checkout", "stock"].flatMap((one): PlainSeries[] => [
      ...service(one, 0.1, 18),
      { component: one, measure: "cpu", metric: "cpu", before: 22, during: 48, from: -1 },
    ]);
    const id = `${component} 2.4.0`;
    const answer = ask(series, { changes: [{ id, component, minutes: -2.3 }] });
    expect(answer, component).toMatchObject({ verdict: "inconclusive", culpritChange: null });
    expect(against(answer, id), component).toContain(
      `the load of ${component} grew as much as demand from outside did`,
    );
  }
});

test("without more demand, with demand that came after the trouble, and with a retry storm of its own, a release is blamed as before", () => {
  const calm = ask(stockShort(8), { changes: release(-1.3) });
  expect(calm).toMatchObject({ verdict: "confirmed", culpritChange: "stock 1.4.0" });
  const late = stockShort(8).map((one) =>
    one.measure === "traffic" && one.component === "gateway" ? { ...one, during: 20, from: 7 } : one,
  );
  expect(ask(late, { changes: release(-1.3) })).toMatchObject({ verdict: "confirmed", culpritChange: "stock 1.4.0" });
  // The caller's new client tries again and again: demand further in, and none at the entry.
  const storm = stockShort(8).map((one) =>
    one.measure === "traffic" && one.component === "stock" ? { ...one, during: 120 } : one,
  );
  const answer = ask(storm, {
    changes: [{ id: "checkout 2.0.0", component: "checkout", minutes: -1.3 }, ...release(-40)],
  });
  expect(against(answer, "checkout 2.0.0")).not.toContain("demand");
  expect(
    answer.causes.map(({ type, confidence }) => (type === "traffic" ? confidence : 0)).every((one) => one < 0.1),
  ).toBe(true);
});

test("a release after which its component went on as before for long does not carry the blame for what breaks there later, unless its code is what fails", () => {
  const broken = (from = 0): PlainSeries[] => [
    ...service("gateway", 0.8, 8, from),
    ...service("checkout", 0.9, 8, from),
    ...service("stock", 5, 8, from),
  ];
  const soon = ask(broken(), { changes: release(-2) });
  expect(soon.culpritChange).toBe("stock 1.4.0");
  const later = ask(broken(), { changes: release(-20) });
  expect(later.causes[0]?.component).toBe("stock");
  expect(later.culpritChange).toBeNull();
  expect(against(later, "stock 1.4.0")).toContain(
    "stock served 20 min with stock 1.4.0 before the trouble began there",
  );
  expect(ask(broken(), { changes: release(-50) }).culpritChange).toBeNull();
  const defect = ask(broken(), {
    changes: release(-20),
    logs: [{ component: "stock", example: "NullPointerException: voucher is null" }],
  });
  expect(against(defect, "stock 1.4.0")).not.toContain("served");
});

test("a rollback is not blamed for what stopped in the moment of it; one after which trouble goes on is", () => {
  const stock = (to: number): PlainSeries[] => [
    ...["gateway", "checkout"].flatMap((one) => service(one, 1.8, 8).map((each) => ({ ...each, to }))),
    { component: "stock", measure: "traffic", metric: "requests", before: 8, during: 8, statistic: "rate" },
    { component: "stock", measure: "errors", metric: "errors", before: 0.01, during: 6, to },
    { component: "stock", measure: "latency", metric: "duration", before: 0.1, during: 2, to },
  ];
  const back = (minutes: number) => [{ id: "back", kind: "rollback" as const, component: "stock", minutes }];
  for (const [to, minutes] of [
    [1, 0],
    [4, 0],
    [15, -0.5],
  ] as const) {
    const goesOn = to === 15;
    const answer = ask(stock(to), { changes: back(minutes) });
    expect(answer.culpritChange, `${to}`).toBe(goesOn ? "back" : null);
    expect(against(answer, "back").includes("it goes back to what had run before at stock"), `${to}`).toBe(!goesOn);
  }
});
