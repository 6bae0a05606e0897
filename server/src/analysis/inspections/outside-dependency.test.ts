import { expect, test } from "vitest";
import { plainObservations } from "../../../../test/scenario/plain-observations.ts";
import { plainWorld } from "../../../../test/scenario/plain-world.ts";
import type { World } from "../world/world.ts";
import { inspectWorld } from "./context.ts";
import { outsideDependency } from "./outside-dependency.ts";

const sources = { "src/cart.js": "export function total() {\n  return 1;\n}\n" };
const title = "HTTP 500: GET /cart";

/** A request that a server span answered with 500, without an exception. */
function bare5xx(parts: { readonly incident?: Partial<World["incident"]>; readonly overrides?: Partial<World> } = {}) {
  return plainWorld({
    ...{ sources, failing: { path: "src/cart.js", line: 2 }, type: "", message: title, commits: [] },
    overrides: { frames: [], ...parts.overrides },
    incident: { title, httpStatus: 500, ...parts.incident },
  });
}
const said = (world: World) => outsideDependency(inspectWorld(world)).map(({ text }) => text);

test("a service's own answer 500 tells of no other system", () => {
  expect(said(bare5xx())).toEqual([]);
});

test("nor does another service's own 500 in the same request, which may be the caller's", () => {
  expect(said(bare5xx({ overrides: { traceMates: [{ title, message: title, service: "front" }] } }))).toEqual([]);
});

test("another service's word about its callee counts along the calls to it, never against them, nor where nothing tells who calls whom", () => {
  const mate = { title: "Error: answered", message: "GET /checkout answered 500", service: "front" };
  const along = (...edges: (readonly [string, string])[]) => {
    const components = ["shop", "middle", "front"].map((key) => ({ key }));
    const observed = plainObservations({ components, edges, series: [] });
    return said(bare5xx({ overrides: { traceMates: [mate], observed } }));
  };
  expect(said(bare5xx({ overrides: { traceMates: [mate] } }))).toEqual([]);
  expect(along(["front", "middle"], ["middle", "shop"])).toEqual([]);
  expect(along(["front", "shop"], ["shop", "front"])).toEqual([]);
  expect(along(["shop", "middle"], ["middle", "front"])[0]).toContain(
    'in the same requests front failed with "answered 500"',
  );
  const called = { outgoing: [{ url: "http://front.shop.svc:80/checkout", status: 200 }] };
  expect(said(bare5xx({ incident: called, overrides: { traceMates: [mate] } }))[0]).toContain("in the same requests");
});

test("a call of its own that was answered with 5xx does, and an exception's words do", () => {
  const call = { url: "http://payments/pay", status: 503 };
  expect(said(bare5xx({ incident: { outgoing: [call] } }))).toEqual([
    "just before, the call to payments gave status 503, which tells of payments, not of this code",
  ]);
  const spoken = { exceptions: [{ type: "Error", message: "payments answered 500" }] };
  expect(said(bare5xx({ incident: spoken }))[0]).toContain('the error says "answered 500"');
});
