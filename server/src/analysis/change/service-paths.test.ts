import { expect, test } from "vitest";
import { servicePaths } from "./service-paths.ts";

const tree = ["services/cart/a.js", "services/tax/b.js", "packages/ui/c.js", "README.md"];

test.each([
  ["cart", [], ["/services/cart/"]],
  ["CartService", [], ["/services/cart/"]],
  ["cart_svc", [], ["/services/cart/"]],
  ["ui", [], []],
  ["checkout", [], []],
  [null, [], []],
  ["cart", ["/lib/"], ["/lib/"]],
])("the service %s with %j declared has %j", (service, declared, paths) => {
  expect(servicePaths({ service, declared, tree })).toEqual(paths);
});

test("two folders of its name tell nothing", () => {
  expect(
    servicePaths({ service: "cart", declared: [], tree: [...tree, "charts/cart/x.yaml", "charts/tax/x.yaml"] }),
  ).toEqual([]);
});
