import { expect, test } from "vitest";
import { type PlainSeries, plainObservations, troubleAt } from "../../../../test/scenario/plain-observations.ts";
import { diagnose } from "../diagnose.ts";
import { worldOfObservations } from "../world/world-of-observations.ts";
import { changesAround } from "./changes-around.ts";

const second = 1 / 60;

/** The lines about a cart that fails after a flag was turned, and about a web that was deployed and is well. */
function linesWhere({
  flag,
  web = -5,
  webErrors = 0.1,
  noticed,
}: {
  flag: number;
  web?: number;
  webErrors?: number;
  noticed: number;
}): string[] {
  const of = (component: string, during: number): PlainSeries[] => [
    { component, measure: "traffic", metric: "requests", before: 50, during: 50, statistic: "rate" },
    { component, measure: "errors", metric: "failures", before: 0.1, during },
    { component, measure: "latency", metric: "duration", before: 20, during: 20, statistic: "p99" },
  ];
  const plain = worldOfObservations(
    plainObservations({
      components: [{ key: "cart" }, { key: "web" }],
      edges: [["web", "cart"]],
      series: [...of("cart", 20), ...of("web", webErrors)],
      changes: [
        { id: "flag", minutes: flag, component: "cart", title: "new-cart-pricing", kind: "flag" },
        { id: "release", minutes: web, component: "web", title: "web began to run 1.1.0" },
      ],
    }),
  );
  const firstAt = new Date(troubleAt + noticed * 60_000).toISOString();
  const world = { ...plain, incident: { ...plain.incident, firstAt } };
  return (changesAround(world, diagnose(world)) ?? "").split("\n");
}

test("a change is before the trouble that began seconds after it, though both lie in one minute", () => {
  expect(linesWhere({ flag: 4 * second, noticed: 6 * second })[0]).toMatch(
    /^- 2 s before the trouble was noticed: new-cart-pricing .*— \*\*blamed\*\*$/,
  );
});

test("where only the minute of the trouble is known, a change in it is said to be in it, and one after it to be after it", () => {
  expect(linesWhere({ flag: 30 * second, noticed: 0 })[0]).toMatch(
    /^- in the minute in which the trouble was noticed: new-cart/,
  );
  expect(linesWhere({ flag: -2, web: 3, noticed: 0 })).toContainEqual(
    expect.stringMatching(/^- 3 min after the trouble was noticed: web/),
  );
});

test("a change that one sender tells seconds after another's error is said to be possibly before it", () => {
  expect(linesWhere({ flag: 30 * second, noticed: 20 * second })[0]).toMatch(
    /^- 10 s after the trouble was noticed, or before it: steps of series and clocks of senders differ by so much: new-cart/,
  );
});

test("a deployment beside it whose service is as before is cleared, once", () => {
  const lines = linesWhere({ flag: -1, noticed: 0 });
  const cleared = lines.filter((line) => line.includes("cleared"));
  expect(cleared).toEqual([
    expect.stringMatching(/web began to run 1\.1\.0 .*— cleared: its own series are as before$/),
  ]);
});

test("a deployment of a caller that only suffers from what it calls is cleared, and it is said from where the trouble comes", () => {
  const lines = linesWhere({ flag: -1, noticed: 0, webErrors: 15 });
  expect(lines.filter((line) => line.includes("cleared"))).toEqual([
    expect.stringMatching(/web began to run 1\.1\.0 .*— cleared: the trouble comes from cart, which it calls$/),
  ]);
});

test("of the deployment that is blamed the commits stand below it in the order in which to read them; of others none", () => {
  const brought = [
    { sha: "a".repeat(40), summary: "A new index. Touches database migration." },
    { sha: "b".repeat(40), summary: "[click](http://evil.test) Touches code." },
  ];
  const errors = (component: string, during: number): PlainSeries[] => [
    { component, measure: "traffic", metric: "requests", before: 50, during: 50, statistic: "rate" },
    { component, measure: "errors", metric: "failures", before: 0.1, during },
  ];
  const world = worldOfObservations(
    plainObservations({
      components: [{ key: "cart" }, { key: "web" }],
      edges: [["web", "cart"]],
      series: [...errors("cart", 20), ...errors("web", 0.1)],
      changes: [
        { id: "cart-2", minutes: -2, component: "cart", title: "cart began to run 2.0.0", brought },
        { id: "web-2", minutes: -1, component: "web", title: "web began to run 2.0.0", brought },
      ],
    }),
  );
  const lines = (changesAround(world, diagnose(world)) ?? "").split("\n");
  const at = lines.findIndex((line) => line.endsWith("**blamed**"));
  expect(lines.slice(at, at + 4)).toEqual([
    expect.stringContaining("cart began to run 2.0.0"),
    "  - It brought, in the order in which to read it:",
    "    - aaaaaaaaaa: A new index. Touches database migration.",
    expect.stringMatching(/^ {4}- bbbbbbbbbb: \\\[click/),
  ]);
  expect(lines.filter((line) => line.includes("It brought"))).toHaveLength(1);
});
