import { describe, expect, test } from "vitest";
import type { Dialect } from "./code-tokens.ts";
import { plainTokens } from "./plain-tokens.ts";

const read = (text: string, dialect: Dialect) => plainTokens(text, dialect).map((token) => token.key);
const isSame = (a: string, b: string, dialect: Dialect = "script") =>
  read(`${a}\n`, dialect).join("\0") === read(`${b}\n`, dialect).join("\0");

describe("what a formatter may write either way is the same", () => {
  test.each([
    ["f(a);\ng(b);", "f(a)\ng(b)"],
    ["const x = { a: 1, 'b': [1, 2] };", "const x = {\n\ta: 1,\n\tb: [\n\t\t1,\n\t\t2,\n\t],\n}"],
    ["say('it\\'s');", 'say("it\'s");'],
    ["x = 0xff + 1.0 + 1_000 + .5;", "x = 255 + 1 + 1000 + 0.5;"],
    ["list.map(x => x.id)", "list.map((x) => x.id)"],
    ["const y = a * b + c;", "const y = (a * b) + c;"],
    ["return a && b || c;", "return (\n  (a && b) || c\n);"],
    ["x = /* was 2 */ 1; // one", "x = 1;"],
    ["const re = /a;b'/g;\nf();", "const re = /a;b'/g\nf()"],
  ])("%s", (a, b) => {
    expect(isSame(a, b)).toBe(true);
  });

  test.each([
    ["f(a, b)", "f(\n    a,\n    b,\n)"],
    ["x = a + b  # sum\ny = 1", "x = (\n    a\n    + b\n)\n\ny = 1"],
    ["if a:\n  b = 'x'\nc()", 'if a:\n    b = "x"\nc()'],
  ])("Python: %s", (a, b) => {
    expect(isSame(a, b, "python")).toBe(true);
  });

  test("Java and its like are wrapped", () => {
    expect(isSame("int x = f(a, b); // c", "int x =\n    f(\n        a, b);", "braces")).toBe(true);
  });
});

describe("what changes the program is not", () => {
  test.each([
    ["a\n(b)()", "a;\n(b)()"],
    ["return\nx", "return x"],
    ["(a + b) * c", "a + b * c"],
    ["x = a - (b - c);", "x = a - b - c;"],
    ["x = -(-a);", "x = --a;"],
    ["x = (a?.b).c;", "x = a?.b.c;"],
    ["f((a, b));", "f(a, b);"],
    ["f(() => ({ a }));", "f(() => { a });"],
    ["for (;;) f();", "for () f();"],
    ["if (a);\nb();", "if (a)\nb();"],
    ["[,]", "[]"],
    ["x = 'a b';", "x = 'ab';"],
    ["x = `a${b}`;", "x = 'a${b}';"],
    ["x = 017;", "x = 17;"],
    ["a = b + +c;", "a = b++ + c;"],
    ["new (f())();", "new f()();"],
  ])("%s", (a, b) => {
    expect(isSame(a, b)).toBe(false);
  });

  test.each([
    ["x = (a,)", "x = (a)"],
    ["if a:\n    b()\n    c()", "if a:\n    b()\nc()"],
    ["x = 1", "x = 1.0"],
  ])("Python: %s", (a, b) => {
    expect(isSame(a, b, "python")).toBe(false);
  });

  test("a character is no text in C, nor 1 the number 1.0", () => {
    expect(isSame("x = 'a';", 'x = "a";', "braces")).toBe(false);
    expect(isSame("x = 1;", "x = 1.0;", "braces")).toBe(false);
  });
});
