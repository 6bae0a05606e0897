import { expect, test } from "vitest";
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

test("a call of its own that was answered with 5xx does, and an exception's words do", () => {
  const call = { url: "http://payments/pay", status: 503 };
  expect(said(bare5xx({ incident: { outgoing: [call] } }))).toEqual([
    "just before, the call to payments gave status 503, which tells of payments, not of this code",
  ]);
  const spoken = { exceptions: [{ type: "Error", message: "payments answered 500" }] };
  expect(said(bare5xx({ incident: spoken }))[0]).toContain('the error says "answered 500"');
});
