import fc from "fast-check";
import { expect, test } from "vitest";
import { findFailingRequest, isPathOfChange } from "./find-failing-request.ts";

test.each([
  [
    "Sentry's request, not the route beside it",
    {
      request: { method: "GET", route: "/carts/:id", status: 500 },
      http_request: { method: "POST", url: "https://shop.example:8443/carts/k-1/items?dry=1#x", data: { sku: "mug" } },
    },
    { method: "POST", target: "/carts/k-1/items?dry=1", body: '{"sku":"mug"}', contentType: "application/json" },
  ],
  [
    "the address with its query, though a route of the same words comes first",
    {
      request: { method: "GET", route: "/search", status: 500 },
      http_request: { method: "GET", url: "http://127.0.0.1:8080/search?q=pan", query_string: "q=pan" },
    },
    { method: "GET", target: "/search?q=pan", body: null, contentType: null },
  ],
  [
    "a span's attributes, by the stable conventions",
    { attributes: { "http.request.method": "GET", "url.path": "/search", "url.query": "q=pan" } },
    { method: "GET", target: "/search?q=pan", body: null, contentType: null },
  ],
  [
    "a span's attributes, by the old conventions",
    { attributes: { "http.method": "GET", "http.target": "/search?q=pan", "http.route": "/search" } },
    { method: "GET", target: "/search?q=pan", body: null, contentType: null },
  ],
  [
    "what a sender of document 5 attached",
    { context: { method: "PUT", path: "/users/7", body: "name=x" } },
    { method: "PUT", target: "/users/7", body: "name=x", contentType: "text/plain" },
  ],
  [
    "an address that was taken out of the URL does not matter",
    { http_request: { method: "GET", url: "http://[ip_address]:3000/a" } },
    { method: "GET", target: "/a", body: null, contentType: null },
  ],
])("the failing request is found in a payload: %s", (_name, payload, expected) => {
  expect(findFailingRequest(payload)).toEqual(expected);
});

test.each([
  ["only a route pattern is known", { request: { method: "GET", route: "/carts/:id" } }],
  ["only outgoing requests are told of", { breadcrumbs: [{ data: { method: "GET", url: "https://bank.example/" } }] }],
  ["there is no method", { url: "http://shop.example/" }],
  ["there is nothing", null],
])("no request is made up where %s", (_name, payload) => {
  expect(findFailingRequest(payload)).toBeNull();
});

test("no payload makes it throw, and a target is always one path", () => {
  fc.assert(
    fc.property(
      fc.record({
        http_request: fc.record({ method: fc.constantFrom("GET", "POST", "x"), url: fc.string(), data: fc.anything() }),
      }),
      (payload) => {
        const found = findFailingRequest(payload);
        return found === null || /^\/\S*$/.test(found.target);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("a path is new when the change wrote a word of it where it was not before", () => {
  const before = ['if (area === "books") return list();'];
  expect(isPathOfChange("/books/b-1", ['if (area === "books" || x) return list();'], before)).toBe(false);
  expect(isPathOfChange("/badges?all", ['if (area === "badges") return badges();'], before)).toBe(true);
  expect(isPathOfChange("/badges?all", ["  [/^\\/badges$/, listBadges],"], before)).toBe(true);
  expect(isPathOfChange("/books/badges", ['router.get("/books/badges", list);'], before)).toBe(true);
  expect(isPathOfChange("/books/978", ["return this.byIsbn(id);"], before)).toBe(false);
  expect(isPathOfChange("/badges", ["const badges = [];"], before)).toBe(false);
});
