import { expect, test } from "vitest";
import { layoutMap, rowsMax } from "./layout-map.ts";

const node = (key: string, hops: number) => ({ kind: "service" as const, key, name: key, detail: null, hops });
const edge = (from: string, to: string) => ({
  ...{ from, to, source: "traces" as const, last_seen_at: "2026-11-20T10:00:00.000Z" },
});
const layersOf = ({ placed }: ReturnType<typeof layoutMap>) =>
  Object.fromEntries(placed.map(({ node: { key }, layer }) => [key, layer]));

test("who calls stands left, what is called right, each as many layers away as calls", () => {
  const nodes = [node("cart", 0), node("web", 1), node("db", 1), node("edge", 2), node("disk", 2)];
  const edges = [edge("web", "cart"), edge("edge", "web"), edge("cart", "db"), edge("db", "disk")];
  expect(layersOf(layoutMap("cart", nodes, edges))).toEqual({ edge: -2, web: -1, cart: 0, db: 1, disk: 2 });
});

test("services that call each other end, and stand once", () => {
  const nodes = [node("a", 0), node("b", 1), node("c", 2)];
  const layout = layoutMap("a", nodes, [edge("a", "b"), edge("b", "c"), edge("c", "a")]);
  expect(layersOf(layout)).toEqual({ a: 0, b: 1, c: -1 });
});

test("a layer stands in the order of its neighbours, so that lines do not cross, whatever order they came in", () => {
  const nodes = [node("m", 0), node("a", 1), node("b", 1), node("y", 2), node("x", 2)];
  const edges = [edge("m", "a"), edge("m", "b"), edge("a", "y"), edge("b", "x")];
  const rows = (layout: ReturnType<typeof layoutMap>) =>
    layout.placed.filter(({ layer }) => layer === 2).map(({ node: { key }, row }) => `${key} ${row}`);
  expect(rows(layoutMap("m", nodes, edges))).toEqual(["y 0", "x 1"]);
  expect(rows(layoutMap("m", nodes.toReversed(), edges.toReversed()))).toEqual(["y 0", "x 1"]);
});

test("a layer that is too full is cut in the picture, and what is left out is told", () => {
  const many = Array.from({ length: rowsMax + 3 }, (_, index) => node(`s${String(index).padStart(2, "0")}`, 1));
  const layout = layoutMap(
    "m",
    [node("m", 0), ...many],
    many.map(({ key }) => edge("m", key)),
  );
  expect(layout.placed).toHaveLength(rowsMax + 1);
  expect(layout.left.map(({ key }) => key)).toEqual(["s16", "s17", "s18"]);
  expect(layout.rows).toBe(rowsMax);
});

test("a place that nobody calls and that calls nobody stands alone", () => {
  expect(layoutMap("m", [node("m", 0)], [])).toMatchObject({ layers: [0], rows: 1, left: [] });
});
