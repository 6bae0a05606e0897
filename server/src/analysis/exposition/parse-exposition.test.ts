import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kindOfSeries } from "./kind-of-series.ts";
import { type ExposedSample, parseExposition } from "./parse-exposition.ts";

function read(page: string, isOpenMetrics = false, samplesMax = 1000) {
  const samples: ExposedSample[] = [];
  const result = parseExposition(page, { isOpenMetrics, samplesMax }, (sample) => samples.push(sample));
  return { result, samples };
}

test("the text format 0.0.4: types, escapes, timestamps in milliseconds, values that are none", () => {
  const { result, samples } = read(`# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000

# A comment
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9\r
# TYPE rpc_seconds summary
rpc_seconds{quantile="0.99",} NaN
rpc_seconds_sum 1.7e+07
metric_without_anything -Inf
`);
  expect(result).toEqual({ ok: true, samples: 5 });
  expect(samples).toEqual([
    {
      name: "http_requests_total",
      labels: { method: "post", code: "200" },
      value: 1027,
      atMs: 1_395_066_363_000,
      type: "counter",
      unit: null,
    },
    {
      name: "msdos_file_access_time_seconds",
      labels: { path: "C:\\DIR\\FILE.TXT", error: 'Cannot find file:\n"FILE.TXT"' },
      value: 1_458_255_915,
      atMs: null,
      type: "unknown",
      unit: null,
    },
    { name: "rpc_seconds", labels: { quantile: "0.99" }, value: Number.NaN, atMs: null, type: "summary", unit: null },
    { name: "rpc_seconds_sum", labels: {}, value: 1.7e7, atMs: null, type: "summary", unit: null },
    {
      name: "metric_without_anything",
      labels: {},
      value: Number.NEGATIVE_INFINITY,
      atMs: null,
      type: "unknown",
      unit: null,
    },
  ]);
});

test("OpenMetrics 1.0: timestamps in seconds, units, exemplars, times of creation passed over, an end that must be there", () => {
  const page = `# TYPE latency_seconds histogram
# UNIT latency_seconds seconds
latency_seconds_bucket{le="+Inf"} 17 1520879607.789 # {trace_id="KOO5S4vxi0o"} 0.67
latency_seconds_count 17
latency_seconds_created 1520430000.123
{"shop.orders",region="eu"} 3
# EOF
`;
  const { result, samples } = read(page, true);
  expect(result).toEqual({ ok: true, samples: 4 });
  expect(samples.map(({ name, atMs, type, unit }) => [name, atMs, type, unit])).toEqual([
    ["latency_seconds_bucket", 1_520_879_607_789, "histogram", "seconds"],
    ["latency_seconds_count", null, "histogram", "seconds"],
    ["shop.orders", null, "unknown", null],
  ]);
  expect(read(page.replace("# EOF\n", ""), true).result).toMatchObject({
    ok: false,
    why: "the page ends without # EOF",
  });
  expect(read(`${page}more 1\n`, true).result).toMatchObject({ ok: false, line: 8 });
});

describe("a page that is none fails at its line", () => {
  test.each([
    ["<html><body>502</body></html>", "begin with the name"],
    ["a 1\nb", "value is no number"],
    ["a{b} 1", "has no value"],
    ['a{b="1} 1', "not in quotes"],
    ['a{b="1" c="2"} 1', "do not end"],
    ["a 1 2 3", "follows its value"],
    ["a 0x10", "no number"],
    ["a 1e999x", "no number"],
    ['a{="x"} 1', "has no name"],
    ['{b="1"} 1', "begin with the name"],
  ])("%s", (page, why) => {
    expect(read(page).result).toMatchObject({ ok: false, why: expect.stringContaining(why) });
  });

  test("more samples, labels or characters than allowed", () => {
    expect(read("a 1\n".repeat(11), false, 10).result).toMatchObject({ ok: false, line: 11 });
    const labels = Array.from({ length: 200 }, (_, index) => `l${index}="x"`).join(",");
    expect(read(`a{${labels}} 1`).result).toMatchObject({ ok: false, why: expect.stringContaining("128 labels") });
    expect(read(`a{b="${"x".repeat(70_000)}"} 1`).result).toMatchObject({ ok: false, line: 1 });
  });
});

test("whatever is written to a page comes back from it", () => {
  const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,20}$/);
  const label = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,10}$/);
  const value = fc.double({ noNaN: true }).map((drawn) => (drawn === 0 ? 0 : drawn));
  const sample = fc.record({
    name,
    labels: fc.dictionary(label, fc.string({ unit: "binary", maxLength: 20 }), { maxKeys: 4, noNullPrototype: true }),
    value,
  });
  const escaped = (text: string) => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 5 }), (written) => {
      const page = written.map((one) => {
        const labels = Object.entries(one.labels).map(([key, text]) => `${key}="${escaped(text)}"`);
        const number = Number.isFinite(one.value) ? String(one.value) : one.value > 0 ? "+Inf" : "-Inf";
        return `${one.name}{${labels.join(",")}} ${number}\n`;
      });
      const { result, samples } = read(page.join(""));
      expect(result.ok).toBe(true);
      expect(samples.map(({ name: told, labels, value: number }) => ({ name: told, labels, value: number }))).toEqual(
        written,
      );
    }),
  );
});

test("no page breaks it, and its time grows with its length alone", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.boolean(), (page, isOpenMetrics) => {
      const { result, samples } = read(page, isOpenMetrics);
      if (result.ok) expect(samples.length).toBeLessThanOrEqual(result.samples);
    }),
  );
  const hostile = [
    `a{${'b="'.repeat(20_000)}`,
    `${" ".repeat(60_000)}x`,
    `a{b="${"\\".repeat(60_000)}`,
    `# TYPE "${"\\".repeat(60_000)}`,
    "#".repeat(60_000),
  ];
  const startedAt = performance.now();
  for (const line of hostile) for (let times = 0; times < 20; times += 1) read(`${line}\n`);
  expect(performance.now() - startedAt).toBeLessThan(3000);
});

test("without a type the suffix tells a counter, as Prometheus's naming practice has it", () => {
  expect([
    kindOfSeries("a_total", "unknown"),
    kindOfSeries("a", "unknown"),
    kindOfSeries("a", "counter"),
    kindOfSeries("a_total", "gauge"),
    kindOfSeries("h_bucket", "histogram"),
    kindOfSeries("s", "summary"),
  ]).toEqual(["counter", "gauge", "counter", "gauge", "counter", "gauge"]);
});
