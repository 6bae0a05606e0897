import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { inflateBody, parseJson } from "./read-body.ts";

const text = Buffer.from("production said something ".repeat(20));

test.each([
  ["gzip", gzipSync(text)],
  ["deflate", deflateSync(text)],
  ["br", brotliCompressSync(text)],
  ["identity", text],
  [undefined, text],
  ["GZIP ", gzipSync(text)],
])("a body sent as %s arrives as it was", async (encoding, body) => {
  expect(await inflateBody(body, encoding, 10_000)).toEqual(text);
});

test.each([1, 40])("a bomb of %i MB is refused at the limit and never unfolded", async (megabytes) => {
  const bomb = gzipSync(Buffer.alloc(megabytes * 1024 * 1024));
  const before = process.memoryUsage().rss;
  await expect(inflateBody(bomb, "gzip", 100_000)).rejects.toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
  expect(process.memoryUsage().rss - before).toBeLessThan(30 * 1024 * 1024);
});

test("rubbish, an unknown encoding and broken JSON are each told apart", async () => {
  await expect(inflateBody(Buffer.from("rubbish"), "gzip", 100)).rejects.toMatchObject({ code: "MALFORMED_BODY" });
  await expect(inflateBody(text, "zstd", 100)).rejects.toMatchObject({
    code: "UNSUPPORTED_MEDIA_TYPE",
    details: { provided: "zstd" },
  });
  expect(() => parseJson(Buffer.from("{"))).toThrow(expect.objectContaining({ code: "MALFORMED_BODY" }));
});
