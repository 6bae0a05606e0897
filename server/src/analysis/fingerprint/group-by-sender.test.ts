import { expect, it } from "vitest";
import { plainSignal } from "../../../../test/scenario/plain-signal.ts";
import { currentFingerprint, fingerprint } from "./index.ts";

const signal = plainSignal();
const keyOf = (grouping?: readonly string[], message = "x is undefined") => {
  const exceptions = signal.exceptions.map((one) => ({ ...one, message }));
  return currentFingerprint({ ...signal, exceptions, ...(grouping === undefined ? {} : { grouping }) }).key;
};

it("golden keys: these texts are stored as hashes and may never change", () => {
  expect(keyOf(["checkout", "eu"])).toBe('v1\ngrouped ["checkout","eu"]');
  expect(keyOf(["{{ default }}", "eu"])).toBe(
    'v1\ngrouped [["v1\\n! TypeError: x is undefined\\nsrc/cart.js total"],"eu"]',
  );
});

it("different failures that their sender puts together are one", () => {
  expect(keyOf(["checkout"], "one")).toBe(keyOf(["checkout"], "two"));
});

it("with {{ default }} a sender only divides further", () => {
  expect(keyOf(["{{default}}", "eu"], "one")).not.toBe(keyOf(["{{default}}", "eu"], "two"));
  expect(keyOf(["{{ default }}", "eu"])).not.toBe(keyOf(["{{ default }}", "us"]));
});

it("{{ default }} alone, no parts and no word of the sender are the same", () => {
  expect(new Set([keyOf(["{{ default }}"]), keyOf([]), keyOf(), fingerprint(signal, 1).key]).size).toBe(1);
});

it("no text of a sender passes for another failure's own key, nor do two parts for one", () => {
  expect(keyOf([keyOf()])).not.toBe(keyOf());
  expect(keyOf([keyOf()])).not.toBe(keyOf(["{{ default }}", ""]));
  expect(keyOf(["a", "b"])).not.toBe(keyOf(['a","b']));
});
