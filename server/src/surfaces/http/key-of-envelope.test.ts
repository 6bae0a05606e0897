import { randomBytes } from "node:crypto";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { keyOfEnvelope } from "./key-of-envelope.ts";

const envelope = (header: unknown, rest = `{"type":"event"}\n{"message":"x"}`) =>
  Buffer.from(`${JSON.stringify(header)}\n${rest}`);
const dsn = "http://abc@localhost:4600/1";
/** Longer than what is looked at, compressed or not. */
const long = envelope({ dsn }, randomBytes(200_000).toString("hex"));

test.each([
  ["identity", (body: Buffer) => body],
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
])("the key is found in the first bytes of a long envelope in %s", (encoding, compress) => {
  expect(keyOfEnvelope(compress(long), encoding)).toBe("abc");
  expect(keyOfEnvelope(compress(envelope({ dsn })), encoding)).toBe("abc");
});

test.each([
  ["no DSN", envelope({}), undefined],
  ["a DSN without a key", envelope({ dsn: "http://localhost/1" }), undefined],
  ["no JSON", Buffer.from("dsn\n"), undefined],
  ["a header without end", Buffer.from(`{"dsn":"${dsn}","x":"${"x".repeat(10_000)}`), undefined],
  ["a bomb", gzipSync(Buffer.alloc(60 * 1024 * 1024)), "gzip"],
  ["a bomb in br", brotliCompressSync(Buffer.alloc(60 * 1024 * 1024)), "br"],
  ["another encoding than it says", envelope({ dsn }), "gzip"],
  ["an unknown encoding", envelope({ dsn }), "zstd"],
  ["nothing", Buffer.alloc(0), undefined],
])("%s gives no key", (_name, body, encoding) => {
  expect(keyOfEnvelope(body, encoding)).toBeNull();
});
