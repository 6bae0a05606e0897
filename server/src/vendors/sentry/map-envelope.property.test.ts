import fc from "fast-check";
import { expect, it } from "vitest";
import { checkProperty } from "../../../../test/property/check-property.ts";
import { currentFingerprint } from "../../analysis/fingerprint/index.ts";
import { scrubSignal } from "../../analysis/scrub/index.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { mapSentryEnvelope, mapSentryStore } from "./map-envelope.ts";

const receivedAt = new Date("2026-01-01T00:00:00.000Z");
const anything = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
);
const frame = fc.record(
  {
    filename: anything,
    abs_path: anything,
    function: anything,
    module: anything,
    lineno: anything,
    colno: anything,
    in_app: anything,
    context_line: anything,
  },
  { requiredKeys: [] },
);
const exception = fc.record(
  {
    type: anything,
    value: anything,
    mechanism: anything,
    stacktrace: fc.oneof(
      anything,
      fc.record({ frames: fc.oneof(anything, fc.array(fc.oneof(frame, anything), { maxLength: 5 })) }),
    ),
  },
  { requiredKeys: [] },
);
const event = fc.record(
  {
    event_id: anything,
    timestamp: anything,
    level: anything,
    platform: fc.oneof(anything, fc.constantFrom("java", "node")),
    exception: fc.oneof(anything, fc.record({ values: fc.array(fc.oneof(exception, anything), { maxLength: 3 }) })),
    logentry: anything,
    message: anything,
    contexts: fc.oneof(anything, fc.record({ trace: anything, runtime: anything, response: anything })),
    request: fc.oneof(anything, fc.record({ url: anything, method: anything })),
    tags: anything,
    breadcrumbs: anything,
    release: anything,
    environment: anything,
    user: anything,
    threads: anything,
  },
  { requiredKeys: [] },
);
const header = fc.oneof(
  fc.constantFrom(
    '{"type":"event"}',
    '{"type":"event","length":10}',
    '{"type":"attachment","length":5}',
    '{"type":"session"}',
    "{}",
    "",
    "{",
    "null",
  ),
  fc.record({ type: anything, length: anything }).map((value) => JSON.stringify(value)),
);
const payload = fc.oneof(
  event.map((value) => JSON.stringify(value)),
  fc.string({ unit: "binary", maxLength: 40 }),
);
const envelope = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc
    .tuple(fc.oneof(fc.constant("{}"), header), fc.array(fc.tuple(header, payload), { maxLength: 4 }))
    .map(([first, items]) => Buffer.from([first, ...items.flat()].join("\n"))),
);

it("no bytes break the envelope's way to a stored signal: a signal, a count, or an error of the closed list", {
  timeout: 60_000,
}, () => {
  const property = fc.property(envelope, (body) => {
    try {
      for (const signal of mapSentryEnvelope(body, receivedAt).events) currentFingerprint(scrubSignal(signal).signal);
    } catch (thrown) {
      if (!(thrown instanceof CulpritError)) throw thrown;
      expect(thrown.details.field).toMatch(/^envelope\./);
    }
  });
  expect(checkProperty("envelope", property).grownMb).toBeLessThan(50);
});

it("no event breaks its way to a stored signal", { timeout: 60_000 }, () => {
  const property = fc.property(event, (value) => {
    for (const raw of mapSentryStore(value, receivedAt).events) {
      const { signal } = scrubSignal(raw);
      expect(currentFingerprint(signal).key).toMatch(/^v1\n/);
      expect(signal.eventId).toMatch(/^[0-9a-f]{32}$/);
      expect(new Date(signal.occurredAt).toISOString()).toBe(signal.occurredAt);
      // Without backslashes that stand for themselves: a text of a backslash and "uda" is no surrogate.
      const stored = JSON.stringify(signal).replaceAll("\\\\", "");
      expect(stored).not.toMatch(/\\u0000|\\ud[89a-f]/);
    }
  });
  expect(checkProperty("event", property).grownMb).toBeLessThan(50);
});
