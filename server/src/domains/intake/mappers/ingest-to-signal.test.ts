import { ingestInputSchema } from "@culprit/contract";
import { describe, expect, it } from "vitest";
import { ingestToSignal } from "./ingest-to-signal.ts";

const receivedAt = new Date("2026-01-01T00:00:00.000Z");
const sha = "3f2a91bc3f2a91bc3f2a91bc3f2a91bc3f2a91bc";

function mapped(body: unknown) {
  return ingestToSignal(ingestInputSchema.parse(body), receivedAt, () => "0193a1b2-0000-7000-8000-00000000000a");
}

describe("the document-5 payload as a signal", () => {
  it("reads the payload of the document's example", () => {
    const signal = mapped({
      event_id: "9EC79C33-EC99-42AB-8353-589FCB2E04DC",
      error: {
        message: "Cannot read properties of undefined (reading 'total')",
        type: "TypeError",
        stack: "TypeError: Cannot read properties of undefined (reading 'total')\n    at total (/app/src/cart.ts:12:7)",
        severity: "error",
      },
      context: {
        commit_sha: sha,
        deployment_id: "dpl_1",
        environment: "production",
        occurred_at: "2025-12-31T23:59:00+01:00",
        service: "shop",
        trace_id: "4bf92f35-77b3-4da6-a3ce-929d0e0e4736",
        source: "express",
        method: "GET",
        path: "/cart/17",
        status_code: 500,
      },
      metadata: { platform: "node", region: "eu", runtime: "node 24" },
    });
    expect(signal).toMatchObject({
      eventId: "9ec79c33ec9942ab8353589fcb2e04dc",
      door: "ingest",
      detector: "exception",
      title: "TypeError: Cannot read properties of undefined (reading 'total')",
      severity: "high",
      occurredAt: "2025-12-31T22:59:00.000Z",
      service: "shop",
      environment: "production",
      commitSha: sha,
      deploymentId: "dpl_1",
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      request: { method: "GET", route: "/cart/17", status: 500 },
      runtime: "node 24",
      payload: { context: { source: "express" }, metadata: { region: "eu" } },
    });
    expect(signal.exceptions[0]?.frames[0]).toMatchObject({
      file: "/app/src/cart.ts",
      line: 12,
      column: 7,
      isInApp: true,
    });
  });

  it("needs nothing but a message", () => {
    expect(mapped({ error: { message: "boom" } })).toMatchObject({
      eventId: "0193a1b2000070008000" + "00000000000a",
      exceptions: [{ type: "Error", message: "boom", frames: [] }],
      title: "Error: boom",
      stackText: null,
      severity: "high",
      occurredAt: receivedAt.toISOString(),
      environment: "production",
      commitSha: null,
      request: null,
      payload: {},
    });
  });

  it.each([
    ["critical", "critical"],
    ["error", "high"],
    ["warning", "medium"],
    ["info", "low"],
    [null, "high"],
  ])("severity %s is %s", (severity, expected) => {
    expect(mapped({ error: { message: "m", severity } }).severity).toBe(expected);
  });

  it.each([
    ["0".repeat(40), null],
    ["", null],
    [sha.slice(0, 7), null],
    [sha.toUpperCase(), sha],
    ["a1".repeat(32), "a1".repeat(32)],
  ])("commit %s is %s", (commit, expected) => {
    expect(mapped({ error: { message: "m" }, context: { commit_sha: commit } }).commitSha).toBe(expected);
  });

  it("a shortened commit id is a release to look up, unless the sender names one", () => {
    const context = { commit_sha: sha.slice(0, 7).toUpperCase() };
    expect(mapped({ error: { message: "m" }, context })).toMatchObject({ release: sha.slice(0, 7), commitSha: null });
    const named = mapped({ error: { message: "m" }, context: { ...context, release: "shop@1" } });
    expect(named).toMatchObject({ release: "shop@1", commitSha: null });
  });

  it.each(["<commit sha>", "unknown", "main", "abc123", "a".repeat(50)])(
    "commit %s is refused, by its name",
    (commit) => {
      const parsed = ingestInputSchema.safeParse({ error: { message: "m" }, context: { commit_sha: commit } });
      expect(parsed.error?.issues).toMatchObject([{ path: ["context", "commit_sha"] }]);
      expect(parsed.error?.issues[0]?.message).toContain(`${JSON.stringify(commit)} is no commit id`);
    },
  );

  it("takes type and causes from the stack where the sender names none, and keeps a stack that can't be read", () => {
    const stack =
      "java.lang.IllegalStateException: x\n\tat a.B.c(B.java:1)\nCaused by: java.io.IOException: y\n\tat a.B.d(B.java:2)";
    expect(mapped({ error: { message: "x", stack } }).exceptions.map(({ type }) => type)).toEqual([
      "java.lang.IllegalStateException",
      "java.io.IOException",
    ]);
    const unread = mapped({ error: { message: "m", type: "E", stack: "no stack at all" } });
    expect(unread).toMatchObject({
      stackText: "no stack at all",
      exceptions: [{ type: "E", message: "m", frames: [] }],
    });
  });
});
