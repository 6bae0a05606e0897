import type { ErrorSignal, ExceptionInfo, StackFrame } from "@culprit/contract";
import { describe, expect, it } from "vitest";
import { plainSignal } from "../../../../test/scenario/plain-signal.ts";
import { isInAppPath, parseStack } from "../stack/index.ts";
import { currentFingerprint, fingerprint } from "./index.ts";
import { fingerprintV1 } from "./v1.ts";

function frame(file: string, name: string | null, line = 1): StackFrame {
  return { file, function: name, line, column: 1, isInApp: isInAppPath(file) };
}

function signal(exceptions: readonly ExceptionInfo[], changed: Partial<ErrorSignal> = {}): ErrorSignal {
  return plainSignal({ exceptions, title: "t", ...changed });
}

function keyOf(type: string, message: string, frames: readonly StackFrame[]): string {
  return fingerprintV1(signal([{ type, message, frames }])).key;
}

describe("golden keys: these texts are stored as hashes and may never change", () => {
  it("an exception with a cause", () => {
    const { key } = fingerprintV1(
      signal([
        {
          type: "shop.CheckoutError",
          message: "cart 17 of bob@example.com failed after 12ms at https://pay.example/v1?x=1",
          frames: [
            frame("/srv/releases/20260101/src/checkout/pay.ts", "Checkout.pay", 12),
            frame("/srv/releases/20260101/node_modules/express/lib/router.js", "next"),
            frame("/srv/releases/20260101/src/index.ts", "Object.<anonymous>"),
          ],
        },
        { type: "TypeError", message: "Cannot read properties of undefined (reading 'total')", frames: [] },
      ]),
    );
    expect(key).toBe(
      [
        "v1",
        "! CheckoutError: cart <num> of <email> failed after <duration> at <url>",
        "src/checkout/pay.ts pay",
        "src/index.ts <anonymous>",
        "! TypeError: Cannot read properties of undefined (reading <str>)",
      ].join("\n"),
    );
  });

  it("a failed request", () => {
    const request = { method: "get", route: "/cart/17/items/3f2a91bc-0000-4000-8000-000000000000?x=1", status: 503 };
    expect(fingerprintV1(signal([], { detector: "http_error", request })).key).toBe(
      "v1\nhttp_error\nshop\nGET /cart/:id/items/:id 5xx",
    );
  });

  it("without frames of its own, the outermost foreign ones", () => {
    const foreign = ["a", "b", "c", "d"].map((name) => frame(`/app/node_modules/x/${name}.js`, name));
    expect(keyOf("E", "m", foreign)).toBe(
      "v1\n! E: m\nnode_modules/x/b.js b\nnode_modules/x/c.js c\nnode_modules/x/d.js d",
    );
    expect(keyOf("E", "m", [])).toBe("v1\n! E: m");
  });

  it.each([
    ["request 0x1f failed in 3.5 s with code 17%", "request <hex> failed in <duration> with code <num>"],
    ["user 3f2a91bc-0000-4000-8000-000000000000 at 2026-01-02T03:04:05.678Z", "user <uuid> at <date>"],
    ["connect ECONNREFUSED 10.0.0.7:5432", "connect ECONNREFUSED <ip>"],
    ["connect ECONNREFUSED fe80::1 and ::1", "connect ECONNREFUSED <ip> and <ip>"],
    ["ENOENT: no such file, open '/data/a b.txt'", "ENOENT: no such file, open <str>"],
    ["can't open /var/lib/x/17.json or C:\\data\\y.txt", "can't open <path> or <path>"],
    ["user's cart isn't there", "user's cart isn't there"],
    ["trace 4bf92f3577b34da6a3ce929d0e0e4736 of item_12 in utf8", "trace <hex> of item_<num> in utf8"],
    ["two\n  lines\tof text", "two lines of text"],
    ["session Zk3xQ9bT7LmW2pR8 expired", "session <id> expired"],
  ])("message %j", (message, normal) => {
    expect(keyOf("E", message, [])).toBe(`v1\n! E: ${normal}`);
  });
});

describe("what does not change the key", () => {
  const key = keyOf("E", "m", [frame("/app/src/a.ts", "total", 1)]);

  it.each([
    "/srv/releases/20260101/src/a.ts",
    "/srv/shop/src/a.ts",
    "/home/deploy/shop/current/src/a.ts",
    "/usr/src/app/src/a.ts",
    "/tmp/culprit-x7/work/src/a.ts",
    "/opt/shop-1.2.3/src/a.ts",
    "/data/custom/place/3f2a91b/src/a.ts",
    "C:\\inetpub\\shop\\src\\a.ts",
    "file:///app/src/a.ts?update=1",
    "webpack:///./src/a.ts?3f2a",
    "webpack-internal:///(rsc)/./src/a.ts",
    "webpack://shop/./src/a.ts",
    "app:///src/a.ts",
    "https://shop.example/src/a.ts?v=2",
    "./src/a.ts",
    "src/a.ts",
  ])("the deploy folder: %s", (file) => {
    expect(keyOf("E", "m", [frame(file, "total", 99)])).toBe(key);
  });

  it.each([
    "Cart.total",
    "async Cart.total",
    "new total",
    "Cart.total [as sum]",
    "Object.total",
    "Shop\\Cart::total",
    "com.acme.total",
  ])("how the function is called: %s", (name) => {
    expect(keyOf("E", "m", [frame("/app/src/a.ts", name)])).toBe(key);
  });

  it("the hash in a bundle's name, with the short names that a minifier gives anew each time", () => {
    const bundle = (name: string, minified: string) =>
      keyOf("E", "m", [frame(`https://x.example/assets/${name}`, minified)]);
    const keys = [bundle("main.3f2a91.js", "t"), bundle("main.99ab01c2.js", "e"), bundle("main-DiwrgTda.js", "nt")];
    expect(new Set(keys).size).toBe(1);
    expect(bundle("main.js", "total")).not.toBe(bundle("main.js", "render"));
  });

  it("the depth of a recursion, the line, and a name for a function without one", () => {
    const deep = (depth: number) =>
      keyOf(
        "E",
        "m",
        Array.from({ length: depth }, (_, line) => frame("/app/src/a.ts", "f", line)),
      );
    expect(deep(3)).toBe(deep(90));
    const names = ["Object.<anonymous>", "<anonymous>", "?", null, "Object.?", "Module.<anonymous>"];
    expect(new Set(names.map((name) => keyOf("E", "m", [frame("/app/src/a.ts", name)]))).size).toBe(1);
  });

  it("whether the same stack came as text or in parts", () => {
    const text = `CartError: no cart 3
    at Cart.total [as sum] (/app/src/cart.ts:12:7)
    at async Object.<anonymous> (/app/src/index.ts:3:1)
    at next (/app/node_modules/express/router.js:1:1)
    at new Order (file:///app/src/order.mjs:1:1)`;
    const parts = [
      {
        type: "CartError",
        message: "no cart 4",
        frames: [
          frame("/app/src/cart.ts", "Cart.total [as sum]"),
          frame("/app/src/index.ts", "Object.?"),
          frame("/app/src/order.mjs", "new Order"),
        ],
      },
    ];
    expect(fingerprintV1(signal(parseStack(text), { door: "otlp" })).key).toBe(fingerprintV1(signal(parts)).key);
  });
});

describe("what changes the key", () => {
  it("type, words of the message, function, file, and a cause", () => {
    const frames = [frame("/app/src/a.ts", "total")];
    const keys = [
      keyOf("E", "m", frames),
      keyOf("F", "m", frames),
      keyOf("E", "n", frames),
      keyOf("E", "m", [frame("/app/src/a.ts", "sum")]),
      keyOf("E", "m", [frame("/app/src/b.ts", "total")]),
      fingerprintV1(
        signal([
          { type: "E", message: "m", frames },
          { type: "C", message: "", frames: [] },
        ]),
      ).key,
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

it("a version that never existed is refused, the first is current", () => {
  const any = signal([]);
  expect(fingerprint(any, 1)).toEqual(currentFingerprint(any));
  expect(() => fingerprint(any, 99)).toThrow(RangeError);
});

it("a hostile message and path cost no more than a millisecond or two", () => {
  const texts = ["'", '"', "a/", "1.", "::", "a@", "-", "0x", "a.", "(", "aaaaaaaaaaaaaaaa-"].map((part) =>
    part.repeat(40_000),
  );
  const started = performance.now();
  for (const text of texts) keyOf(text.slice(0, 255), text, [frame(text, text)]);
  expect((performance.now() - started) / texts.length).toBeLessThan(25);
});
