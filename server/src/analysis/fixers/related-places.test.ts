import { expect, test } from "vitest";
import { diffOf } from "../../../../test/repair/failing-file.ts";
import { belongingTo, placesOf } from "./related-places.ts";

const added = (path: string, line: string): string =>
  `diff --git a/${path} b/${path}\nnew file mode 100644\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+${line}\n`;

const places = placesOf(
  [
    diffOf("src/totals.js", " a", "-percent", "+rateOf(coupon)", " b", "+const { coupons } = settings;"),
    added("src/rate.js", "export const rateOf = (coupon) => coupon.percent;"),
    added("src/taxes.js", "export const taxes = 7;"),
    added("src/shop.js", "totalOf(cart);"),
    diffOf("settings.json", ' "tax": 5,', '-  "tier": 1', '+  "coupons": 1'),
  ].join(""),
);
const pathsWith = (functions: readonly string[]) =>
  [...belongingTo(places.slice(0, 1), functions, places)].map(({ path, part }) => `${path} ${part?.start ?? "all"}`);

test("a place belongs to what shares a name with it, at last by another place; what shares none stays apart", () => {
  expect(pathsWith([])).toEqual(["src/totals.js 2", "src/rate.js all"]);
  const second = places[1];
  expect([...belongingTo(second === undefined ? [] : [second], [], places)].map(({ path }) => path)).toEqual([
    "src/totals.js",
    "settings.json",
  ]);
});

test("who calls the function that fails belongs to it", () => {
  expect(pathsWith(["totalOf"])).toContain("src/shop.js all");
});

test("a file that moved or holds bytes is one place", () => {
  const binary = "diff --git a/a.png b/a.png\nindex 1..2 100644\nBinary files a/a.png and b/a.png differ\n";
  expect(placesOf(binary)).toMatchObject([{ path: "a.png", part: null }]);
});

test("a word that was there before makes no two places one thing, one that came with the change does", () => {
  const two = placesOf(
    diffOf(
      "src/label.js",
      " function card(event) {",
      "-  return event.title;",
      "+  return event.title + event.venue.name;",
    ) +
      added("src/quote.js", "export const quote = (order) => order.event.cents;") +
      added("src/map.js", "export const pin = (place) => place.venue;"),
  );
  expect([...belongingTo(two.slice(0, 1), ["card"], two)].map(({ path }) => path)).toEqual([
    "src/label.js",
    "src/map.js",
  ]);
});
