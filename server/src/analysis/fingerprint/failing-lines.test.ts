import { expect, it } from "vitest";
import { plainSignal } from "../../../../test/scenario/plain-signal.ts";
import { failingLines } from "./failing-lines.ts";

const frame = (sourceLine: string | undefined, isInApp = true) => ({
  ...{ file: "src/cart.js", function: "total", line: 3, column: 7, isInApp, sourceLine },
});
const of = (...lines: readonly (string | undefined)[]) =>
  plainSignal({
    exceptions: lines.map((line) => ({
      ...{ type: "TypeError", message: "m" },
      frames: [frame("foreign()", false), frame(line), frame("caller()")],
    })),
  });

it("golden text: the innermost own line of each exception, without what a formatter changes", () => {
  expect(failingLines(of("\treturn cart.total( 'a' );"))).toBe('returncart.total("a")');
  expect(failingLines(of('    return cart.total("a")', "  load(),"))).toBe('returncart.total("a")\nload()');
});

it("there is none where no line is told, where it is a bundle's, and where the sender groups", () => {
  expect(failingLines(of(undefined))).toBeNull();
  expect(failingLines(of("x".repeat(121)))).toBeNull();
  expect(failingLines(plainSignal({ exceptions: [] }))).toBeNull();
  expect(failingLines({ ...of("a()"), grouping: ["mine"] })).toBeNull();
});
