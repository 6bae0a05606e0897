import { expect, test } from "vitest";
import { plainObservations } from "../../../../../test/scenario/plain-observations.ts";
import { diagnose } from "../../diagnose.ts";
import type { Observations } from "../../observations/observations.ts";
import { worldOfObservations } from "../../world/world-of-observations.ts";
import { rankComponents } from "./rank-components.ts";

/** Six services on two hosts, called by one in front; some of them say nothing any more once the trouble begins. */
function fleet(silent: readonly string[], unmeasured: readonly string[] = []): Observations {
  const guests = ["cart", "stock", "fees", "search", "offers", "mailer"];
  const level = (key: string, before: number, during = before) => ({
    before,
    during: silent.includes(key) ? Number.NaN : during,
  });
  return plainObservations({
    components: [
      { key: "web" },
      ...guests.map((key, at) => ({ key, partOf: at < 3 ? "host-a" : "host-b" })),
      { key: "host-a", kind: "host" as const },
      { key: "host-b", kind: "host" as const },
    ],
    edges: guests.map((key) => ["web", key] as const),
    series: [
      { component: "web", measure: "traffic", metric: "requests", before: 100, during: 100 },
      { component: "web", measure: "errors", metric: "error_ratio", before: 0.01, during: 0.4 },
      { component: "web", measure: "latency", before: 0.2, during: 0.5 },
      ...guests.flatMap((component) => [
        { component, measure: "latency" as const, ...level(component, 0.05) },
        { component, measure: "cpu" as const, ...level(component, 0.3) },
      ]),
      ...["host-a", "host-b"]
        .filter((key) => !unmeasured.includes(key))
        .flatMap((component) => [
          { component, measure: "cpu" as const, metric: "host_cpu", ...level(component, 0.4) },
          { component, measure: "memory" as const, metric: "host_memory", ...level(component, 8) },
        ]),
    ],
  });
}

test("a host that falls silent with all that runs on it is the cause, and none of its guests", () => {
  const observations = fleet(["cart", "stock", "fees", "host-a"]);
  const [first, ...rest] = rankComponents(observations);
  expect(first?.component).toBe("host-a");
  expect(first?.parts.map(({ method }) => method)).toContain("shared_host");
  const guests = rest.filter(({ component }) => ["cart", "stock", "fees"].includes(component));
  expect(guests).toHaveLength(3);
  for (const { score } of guests) expect(score).toBeLessThan(0.2 * (first?.score ?? 0));
  expect(diagnose(worldOfObservations(observations))).toMatchObject({ culpritComponent: "host-a" });
});

test("a host that nobody measures is named by the silence of what runs on it", () => {
  expect(rankComponents(fleet(["cart", "stock", "fees"], ["host-a", "host-b"]))[0]?.component).toBe("host-a");
});

test("a service that falls silent on a host that goes on to speak is the cause itself", () => {
  const scores = rankComponents(fleet(["stock"]));
  expect(scores[0]?.component).toBe("stock");
  expect(scores.find(({ component }) => component === "host-a")?.score).toBeLessThan(0.1);
});

test("one silent service says nothing of a host that nobody measures", () => {
  expect(rankComponents(fleet(["stock"], ["host-a", "host-b"]))[0]?.component).toBe("stock");
});
