import { expect, test } from "vitest";
import { openHttpClient } from "./open-http-client.ts";
import { whyForbidden } from "./why-forbidden.ts";

test("a private address is forbidden with the setting that allows it, one that is allowed is not, and a host that nobody knows may come", async () => {
  const strict = openHttpClient({ allowPrivate: "" });
  expect(await whyForbidden(strict, "http://127.0.0.1:9090/metrics")).toContain("CULPRIT_HTTP_ALLOW_PRIVATE");
  expect(
    await whyForbidden(openHttpClient({ allowPrivate: "127.0.0.0/8" }), "http://127.0.0.1:9090/metrics"),
  ).toBeNull();
  expect(await whyForbidden(strict, "http://nobody.invalid/metrics")).toBeNull();
});
