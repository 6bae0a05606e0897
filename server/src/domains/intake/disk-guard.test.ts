import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { DiskGuard } from "./disk-guard.ts";

test("signals are refused with a remedy while too little disk is free", () => {
  expect(() => new DiskGuard(tmpdir(), Number.MAX_SAFE_INTEGER).check()).toThrow(
    expect.objectContaining({ code: "RATE_LIMIT_EXCEEDED", details: { retryAfterS: 60 } }),
  );
  new DiskGuard(tmpdir(), 1).check();
});
