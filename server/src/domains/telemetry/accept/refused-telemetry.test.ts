import { expect, test } from "vitest";
import { REFUSED_METRIC, RefusedTelemetry } from "./refused-telemetry.ts";

const NOW = Date.parse("2026-11-21T10:00:00Z");
const cart = { serviceKey: "default/production/cart", environment: "production" };
const web = { serviceKey: "default/production/web", environment: "production" };

test("what is refused is counted by service as a series, each once", () => {
  const refused = new RefusedTelemetry();
  refused.add("p", [cart, cart, web]);
  const { samples } = refused.flush(NOW);
  expect(samples.get("p")).toMatchObject([
    { ...cart, metric: REFUSED_METRIC, kind: "delta", value: 2 },
    { ...web, metric: REFUSED_METRIC, kind: "delta", value: 1 },
  ]);
  expect(refused.flush(NOW + 10_000).samples.size).toBe(0);
});

test("a project is told once a minute, with all that was refused since", () => {
  const refused = new RefusedTelemetry();
  refused.add("p", [cart]);
  refused.add("q", [web]);
  expect(refused.flush(NOW).news).toEqual([
    { projectId: "p", refused: 1, services: [cart.serviceKey] },
    { projectId: "q", refused: 1, services: [web.serviceKey] },
  ]);
  refused.add("p", [cart, web]);
  expect(refused.flush(NOW + 10_000).news).toEqual([]);
  refused.add("p", [web]);
  expect(refused.flush(NOW + 60_000).news).toEqual([
    { projectId: "p", refused: 3, services: [cart.serviceKey, web.serviceKey] },
  ]);
  expect(refused.flush(NOW + 120_000).news).toEqual([]);
});
