import { describe, expect, it } from "vitest";
import { parseStack } from "./parse-stack.ts";

/** One frame as `function file:line:column`, foreign frames in parentheses. */
function frames(text: string, exception = 0): string[] {
  return (parseStack(text)[exception]?.frames ?? []).map(({ function: name, file, line, column, isInApp }) => {
    const shown = `${name} ${file}:${line}:${column}`;
    return isInApp ? shown : `(${shown})`;
  });
}

describe("JavaScript", () => {
  it("reads every shape that V8 writes, innermost first", () => {
    const text = `TypeError: Cannot read properties of undefined (reading 'total')
    at Cart.total (/app/src/cart.ts:12:7)
    at Object.<anonymous> (/app/src/index.ts:3:1)
    at async Promise.all (index 0)
    at async handle (file:///app/src/a%20b.mjs?update=1:9:2)
    at new Order (C:\\shop\\src\\order.js:4:5)
    at Router.dispatch [as handle] (/app/node_modules/express/lib/router.js:1:2)
    at /app/src/(shop)/page.tsx:8:3
    at eval (eval at compile (/app/src/template.js:20:9), <anonymous>:1:1)
    at Array.map (<anonymous>)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)`;
    expect(frames(text)).toEqual([
      "Cart.total /app/src/cart.ts:12:7",
      "Object.<anonymous> /app/src/index.ts:3:1",
      "(Promise.all index 0:null:null)",
      "handle /app/src/a b.mjs:9:2",
      "new Order C:\\shop\\src\\order.js:4:5",
      "(Router.dispatch [as handle] /app/node_modules/express/lib/router.js:1:2)",
      "null /app/src/(shop)/page.tsx:8:3",
      "eval /app/src/template.js:20:9",
      "(Array.map <anonymous>:null:null)",
      "(process.processTicksAndRejections node:internal/process/task_queues:95:5)",
    ]);
    expect(parseStack(text)[0]).toMatchObject({
      type: "TypeError",
      message: "Cannot read properties of undefined (reading 'total')",
    });
  });

  it("reads what this very engine writes", () => {
    const thrown = new RangeError("out of reach\nsecond line");
    const [parsed] = parseStack(thrown.stack ?? "");
    expect(parsed).toMatchObject({ type: "RangeError", message: "out of reach\nsecond line" });
    expect(parsed?.frames[0]?.file).toMatch(/parse-stack\.test\.ts$/);
    expect(parsed?.frames[0]?.isInApp).toBe(true);
  });

  it("reads Firefox and Safari, without taking an e-mail address for a frame", () => {
    const text = `Error: mail to bob@example.com failed
total@https://shop.example/js/cart.js:12:7
async*load/<@https://shop.example/js/node_modules/@acme/x.js:1:2
@https://shop.example/js/main.js line 3 > eval:1:1
forEach@[native code]
global code@https://shop.example/js/main.js:9:1`;
    expect(frames(text)).toEqual([
      "total https://shop.example/js/cart.js:12:7",
      "(load/< https://shop.example/js/node_modules/@acme/x.js:1:2)",
      "null https://shop.example/js/main.js:3:null",
      "(forEach [native code]:null:null)",
      "global code https://shop.example/js/main.js:9:1",
    ]);
    expect(parseStack(text)[0]?.message).toBe("mail to bob@example.com failed");
  });

  it("reads Node's preamble, codes and causes", () => {
    const text = `/app/src/a.ts:3
  throw new Error("x");
  ^

TypeError [ERR_INVALID_ARG_TYPE]: no path
    at open (/app/src/a.ts:3:9) {
  code: 'ERR_INVALID_ARG_TYPE',
  [cause]: Error: deeper
      at read (/app/src/b.ts:1:1)
}`;
    const chain = parseStack(text);
    expect(chain.map(({ type, message }) => `${type}: ${message}`)).toEqual(["TypeError: no path", "Error: deeper"]);
    expect(frames(text)).toEqual(["open /app/src/a.ts:3:9"]);
    expect(frames(text, 1)).toEqual(["read /app/src/b.ts:1:1"]);
  });
});

describe("Python", () => {
  const traceback = `Traceback (most recent call last):
  File "/app/shop/db.py", line 8, in fetch
    return rows[0]
           ~~~~^^^
IndexError: list index out of range

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/usr/lib/python3.12/threading.py", line 1010, in run
    self._target()
  File "/app/.venv/lib/python3.12/site-packages/flask/app.py", line 1, in dispatch
    return view()
  File "/app/shop/cart.py", line 30, in total
    raise CartError("no cart 17") from err
shop.errors.CartError: no cart 17
for this user`;

  it("puts the exception that was caught first, its direct cause after it, frames innermost first", () => {
    const chain = parseStack(traceback);
    expect(chain.map(({ type, message }) => `${type}: ${message}`)).toEqual([
      "shop.errors.CartError: no cart 17\nfor this user",
      "IndexError: list index out of range",
    ]);
    expect(frames(traceback)).toEqual([
      "total /app/shop/cart.py:30:null",
      "(dispatch /app/.venv/lib/python3.12/site-packages/flask/app.py:1:null)",
      "(run /usr/lib/python3.12/threading.py:1010:null)",
    ]);
    expect(chain[1]?.frames[0]?.sourceLine).toBe("return rows[0]");
  });

  it("knows exceptions raised while another was handled, and syntax errors without a function", () => {
    const during = traceback.replace(
      /The above.*exception:/,
      "During handling of the above exception, another exception occurred:",
    );
    expect(parseStack(during)).toHaveLength(2);
    const syntax = `  File "/app/a.py", line 3\n    x = = 1\n        ^\nSyntaxError: invalid syntax`;
    expect(frames(syntax)).toEqual(["null /app/a.py:3:null"]);
    expect(parseStack(syntax)[0]?.type).toBe("SyntaxError");
  });
});

describe("Java", () => {
  const text = `Exception in thread "main" java.lang.IllegalStateException: no cart
\tat com.acme.shop.Cart$Line.total(Cart.java:12) ~[shop.jar:1.0]
\tat java.base/java.lang.Thread.run(Thread.java:833)
\tat app//com.acme.shop.Main.main(Main.kt:3)
\tSuppressed: java.io.IOException: close
\t\tat com.acme.shop.Other.close(Other.java:9)
Caused by: java.lang.NullPointerException
\tat com.acme.shop.Db.fetch(Db.java:88)
\tat com.acme.shop.Native.call(Native Method)
\t... 2 more`;

  it("reads package paths, causes and the frames that a cause shares, and leaves out what was suppressed", () => {
    expect(parseStack(text).map(({ type, message }) => [type, message])).toEqual([
      ["java.lang.IllegalStateException", "no cart"],
      ["java.lang.NullPointerException", ""],
    ]);
    const shared = ["(Thread.run java/lang/Thread.java:833:null)", "Main.main com/acme/shop/Main.kt:3:null"];
    expect(frames(text)).toEqual(["Cart$Line.total com/acme/shop/Cart.java:12:null", ...shared]);
    expect(frames(text, 1)).toEqual([
      "Db.fetch com/acme/shop/Db.java:88:null",
      "Native.call com/acme/shop/Native.java:null:null",
      ...shared,
    ]);
  });
});

describe("limits", () => {
  it("keeps the innermost and the outermost fifty frames of a deep recursion", () => {
    const lines = Array.from({ length: 500 }, (_, index) => `    at f (/app/src/a.ts:${index + 1}:1)`);
    const kept = parseStack(`RangeError: deep\n${lines.join("\n")}`)[0]?.frames ?? [];
    expect(kept).toHaveLength(100);
    expect([kept[0]?.line, kept[49]?.line, kept[50]?.line, kept[99]?.line]).toEqual([1, 50, 451, 500]);
  });

  it("keeps ten exceptions of a chain", () => {
    const text = Array.from({ length: 40 }, (_, index) => `Caused by: E${index}: x\n\tat a.B.c(B.java:1)`).join("\n");
    expect(parseStack(text)).toHaveLength(10);
  });

  it("stays fast on a text that multiplies its frames", () => {
    const head = `java.lang.E: x\n${"\tat a.B.c(B.java:1)\n".repeat(1_500)}`;
    const started = performance.now();
    parseStack(`${head}Caused by: java.lang.F: y\n\tat a.B.d(B.java:2)\n${"\t... 1400 more\n".repeat(2_000)}`);
    expect(performance.now() - started).toBeLessThan(500);
  });

  it("gives a text without frames as a message, and nothing for nothing", () => {
    expect(parseStack("just words")).toEqual([{ type: "Error", message: "just words", frames: [] }]);
    expect(parseStack(" \n ")).toEqual([]);
  });
});
