import { expect, test } from "vitest";
import { matchPath } from "./match-path.ts";

const tree = ["src/cart.js", "src/admin/cart.js", "lib/index.js", "web/index.js", "app/total.ts", "index.js"];

test.each([
  ["/srv/releases/v12/src/cart.js", "src/cart.js"],
  ["file:///srv/app/src/admin/cart.js", "src/admin/cart.js"],
  ["src/cart.js", "src/cart.js"],
  ["C:\\deploy\\src\\cart.js", "src/cart.js"],
  ["webpack://shop/./src/cart.js?1f2e", "src/cart.js"],
  ["/srv/app/total.js", "app/total.ts"],
])("a deploy folder before a path of the repository is seen through: %s", (frame, path) => {
  expect(matchPath(frame, tree)).toBe(path);
});

test.each([
  "/srv/app/node_modules/pkg/lib/index.js",
  "/srv/unknown.js",
  "node:internal/process/task_queues",
  "<anonymous>",
  "",
])("what is not in the repository is nobody's: %s", (frame) => {
  expect(matchPath(frame, tree)).toBeNull();
});

test("a file of the top folder is not taken for one of the same name further down", () => {
  expect(matchPath("/srv/app/lib/index.js", tree)).toBe("lib/index.js");
  expect(matchPath("index.js", tree)).toBe("index.js");
});
