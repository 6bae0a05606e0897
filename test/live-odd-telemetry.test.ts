import { incidentListSchema } from "@culprit/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningCulprit, startCulprit } from "./culprit/start-culprit.ts";
import { exportOf, spansOfRequest, Traffic } from "./live-traffic.ts";

/** What senders get wrong is taken as far as it can be, and they are told, through the real doors of a running Culprit. */

let culprit: RunningCulprit;
beforeAll(async () => {
  culprit = await startCulprit({ env: { CULPRIT_PROOF: "off" } });
});
afterAll(() => culprit.stop());

interface Partial {
  readonly partialSuccess?: { readonly errorMessage: string } & Readonly<Record<string, string>>;
}

test("a span that ends before it starts is taken without a duration, and the sender is told", async () => {
  const traffic = await Traffic.open(culprit, "backwards");
  const spans = spansOfRequest(
    { service: "cart", route: "/cart", ownMs: 50, exception: "Error: boom" },
    Date.now() - 1000,
  );
  for (const { span } of spans)
    [span.startTimeUnixNano, span.endTimeUnixNano] = [span.endTimeUnixNano, span.startTimeUnixNano];
  const answers = await traffic.send(spans, () => null);
  expect(answers.get("cart")).toEqual({
    partialSuccess: {
      rejectedSpans: "0",
      errorMessage: "a span ended before it began and was taken without a duration (1)",
    },
  });
  const traceId = spans[0]?.span.traceId;
  const trace = (await traffic.get(`/api/telemetry/traces/${traceId}`)) as {
    spans: readonly { duration_ms: number }[];
  };
  expect(trace.spans.map(({ duration_ms }) => duration_ms)).toEqual([0]);
});

test("a service's name with line breaks is one line everywhere, and the sender is told", async () => {
  const traffic = await Traffic.open(culprit, "line breaks");
  const service = "cart\r\nERROR forged line";
  const spans = spansOfRequest({ service, route: "/cart", ownMs: 5, exception: "Error: boom" }, Date.now() - 1000);
  const told = (await traffic.post("/v1/traces", exportOf(spans, service, "1.0\n2"))) as Partial;
  expect(told.partialSuccess).toMatchObject({
    rejectedSpans: "0",
    errorMessage: expect.stringContaining("held line breaks or control characters"),
  });
  const { incidents } = incidentListSchema.parse(await traffic.get("/api/incidents"));
  expect(incidents.map((one) => one.service)).toEqual(["cart ERROR forged line"]);
});

test("labels that are cut are told to the sender, and what is within the limits is not", async () => {
  const traffic = await Traffic.open(culprit, "labels");
  const point = (attributes: object[]) => ({
    timeUnixNano: `${BigInt(Date.now()) * 1_000_000n}`,
    asDouble: 1,
    attributes,
  });
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const send = async (attributes: object[]) =>
    (await traffic.post("/v1/metrics", {
      resourceMetrics: [
        {
          resource: { attributes: [text("service.name", "cart")] },
          scopeMetrics: [{ metrics: [{ name: "cart.items", gauge: { dataPoints: [point(attributes)] } }] }],
        },
      ],
    })) as Partial;
  expect(await send([text("region", "eu")])).toEqual({});
  const cut = "attributes beyond what is kept were cut, of so many records (1)";
  expect(await send([text("region", "e".repeat(201))])).toMatchObject({ partialSuccess: { errorMessage: cut } });
  const many = Array.from({ length: 33 }, (_, index) => text(`label${index}`, "x"));
  expect(await send(many)).toMatchObject({ partialSuccess: { rejectedDataPoints: "0", errorMessage: cut } });
});
