import { expect, test } from "vitest";
import { searchOfRef, windowOf } from "./telemetry-window.ts";

const window = "from=2026-03-05T10:00:00.000Z&to=2026-03-05T11:00:00.000Z";
const [from, to] = ["2026-03-05T10:00:00.000Z", "2026-03-05T11:00:00.000Z"];

test("a reference of series, of log lines and of a trace leads to the same read", () => {
  expect(searchOfRef(`postgres:metric_points?${window}&service=a/b/c&metric=cpu&metric=rss&step=15000&max=50`)).toEqual(
    {
      ...{ view: "metrics", from, to, service: "a/b/c", metric: ["cpu", "rss"], environment: undefined },
    },
  );
  expect(searchOfRef(`clickhouse:log_records?${window}&severity=warn&words=pool+exhausted&max=10`)).toMatchObject({
    ...{ view: "logs", from, to, severity: "warn", words: "pool exhausted", service: undefined },
  });
  expect(searchOfRef(`postgres:spans?${window}&trace=4bf92f35&max=10`)).toEqual({ view: "trace", trace: "4bf92f35" });
});

test("a read of several services is shown for all of them, and what is no telemetry leads nowhere", () => {
  expect(searchOfRef(`postgres:metric_points?${window}&service=a&service=b&metric=cpu`)?.service).toBeUndefined();
  expect(searchOfRef("git:3f9c2ab7")).toBeNull();
  expect(searchOfRef(`postgres:spans?${window}&errors=only`)).toBeNull();
});

test("without an end a window ends now, without a beginning it is as long as it says", () => {
  const now = Date.parse(to);
  expect(windowOf({}, now)).toEqual({ from, to });
  expect(windowOf({ minutes: 15 }, now).from).toBe("2026-03-05T10:45:00.000Z");
  expect(windowOf({ from, to }, now + 1e6)).toEqual({ from, to });
});
