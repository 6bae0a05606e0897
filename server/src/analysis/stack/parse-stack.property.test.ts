import fc from "fast-check";
import { expect, it } from "vitest";
import { checkProperty } from "../../../../test/property/check-property.ts";
import { stackLimits } from "./frame-limits.ts";
import { parseStack } from "./parse-stack.ts";

const line = fc.oneof(
  fc.string({ unit: "binary", maxLength: 80 }),
  fc.constantFrom(
    "TypeError: x",
    "    at f (/app/a.js:1:2)",
    "    at eval (eval at x (a:1:1), <anonymous>:9:9)",
    "at (((((((((",
    "    at async new a.b.c [as d] (file:///%E0%A4%A:99999999999999:1)",
    "f/<@http://x/y.js:1:2",
    "@@@@@@:1:1",
    "Traceback (most recent call last):",
    '  File "/a.py", line 99999999999999999999, in f',
    '  File "',
    "During handling of the above exception, another exception occurred:",
    "\tat a.b.C.d(C.java:1)",
    "\t... 99999 more",
    "Caused by: a.B: c",
    "\tSuppressed: x",
    "[cause]: E",
    "  + Exception Group Traceback (most recent call last):",
    "  +-+---------------- 1 ----------------",
    "                                     ^^^^",
  ),
);

it("no text breaks the stack parser or takes it over its limits", { timeout: 60_000 }, () => {
  const text = fc
    .tuple(fc.array(line, { maxLength: 60 }), fc.constantFrom("\n", "\r\n", "\n\n"))
    .map(([lines, end]) => lines.join(end));
  const property = fc.property(text, (stack) => {
    const chain = parseStack(stack);
    expect(chain.length).toBeLessThanOrEqual(stackLimits.chain);
    for (const { type, frames } of chain) {
      expect(type.length).toBeGreaterThan(0);
      expect(frames.length).toBeLessThanOrEqual(stackLimits.frames);
      for (const { line: number } of frames)
        expect(number === null || (Number.isSafeInteger(number) && number >= 0)).toBe(true);
    }
  });
  expect(checkProperty("stack", property).grownMb).toBeLessThan(50);
});
