import { expect, it } from "vitest";
import { keyOfDsn, sentryKey } from "./sentry-key.ts";

it("the key is found in X-Sentry-Auth, in Authorization and in the query, in this order", () => {
  const header = "Sentry sentry_version=7, sentry_client=x/1, sentry_key=abc";
  expect(
    sentryKey({ "x-sentry-auth": header, authorization: "Sentry sentry_key=no" }, "/api/1/store/?sentry_key=no"),
  ).toBe("abc");
  expect(sentryKey({ authorization: "Sentry sentry_key=def,sentry_secret=x" }, "/")).toBe("def");
  expect(sentryKey({}, "/api/1/envelope/?sentry_version=7&sentry_key=ghi&x=1")).toBe("ghi");
});

it("no key is none, and what can't be a key is none", () => {
  expect(sentryKey({}, "/api/1/envelope/")).toBeNull();
  expect(sentryKey({ authorization: "Bearer abc" }, "/?xsentry_key=abc")).toBeNull();
  expect(sentryKey({ "x-sentry-auth": "Sentry sentry_key=<script>" }, "/")).toBeNull();
  expect(sentryKey({ "x-sentry-auth": `Sentry sentry_key=${"a".repeat(300)}b` }, "/")).not.toContain("b");
});

it("the key of a DSN is its user", () => {
  expect(keyOfDsn("https://abc:secret@sentry.example/42")).toBe("abc");
  expect(keyOfDsn("http://abc@localhost:9000/1")).toBe("abc");
  for (const dsn of ["https://sentry.example/42", "", null, 7, "abc@x"]) expect(keyOfDsn(dsn)).toBeNull();
});
