import { describe, expect, it } from "vitest";
import { scrubText } from "./scrub-text.ts";

const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N";
const key = (prefix: string) => `${prefix}${"a1B2".repeat(9)}`;

describe("what is taken out", () => {
  it.each([
    ["password=hunter2 next", "password=[password] next", "password"],
    ['{"db_password": "hunter 2", "x": 1}', '{"db_password": "[password]", "x": 1}', "password"],
    ['{\\"password\\":\\"abc\\"}', '{\\"password\\":\\"[password]\\"}', "password"],
    ["?token=abc123&x=1", "?token=[password]&x=1", "password"],
    [
      "GET https://b.example.org/a.pdf?se=2026-01-01&sig=ab%2Bc%3D&sp=r",
      "GET https://b.example.org/a.pdf?se=2026-01-01&sig=[password]&sp=r",
      "password",
    ],
    ["/a.pdf?X-Amz-Signature=ab12&x=1", "/a.pdf?X-Amz-Signature=[password]&x=1", "password"],
    ["/a.pdf?X-Goog-Signature=ab12", "/a.pdf?X-Goog-Signature=[password]", "password"],
    ["/a.pdf?signature=ab12", "/a.pdf?signature=[password]", "password"],
    ["name=ann&cvv=123&x=1", "name=ann&cvv=[password]&x=1", "password"],
    ['{"card_cvc":"1234"}', '{"card_cvc":"[password]"}', "password"],
    ['{\\"cardCvc\\": 123}', '{\\"cardCvc\\": [password]}', "password"],
    ['{"session":"s3cr3t"}', '{"session":"[password]"}', "password"],
    ["for session=s3cr3t it failed", "for session=[password] it failed", "password"],
    ["PHPSESSID=abc; x", "PHPSESSID=[password]; x", "password"],
    ["/cart;jsessionid=abc?x", "/cart;jsessionid=[password]", "password"],
    ["?connect.sid=s%3Aabc", "?connect.sid=[password]", "password"],
    ["x-api-key: abc", "x-api-key: [password]", "password"],
    ["Authorization: Bearer abc.def", "Authorization: [authorization]", "authorization"],
    ["sent Basic dXNlcjpwYXNzd29yZA== to it", "sent Basic [authorization] to it", "authorization"],
    ["Cookie: sid=1; theme=dark", "Cookie: [cookie]", "cookie"],
    [`got ${jwt} here`, "got [jwt] here", "jwt"],
    ["AKIAIOSFODNN7EXAMPLE", "[secret_key]", "secret_key"],
    [key("ghp_"), "[secret_key]", "secret_key"],
    [key("xoxb-"), "[secret_key]", "secret_key"],
    [key("sk_live_"), "[secret_key]", "secret_key"],
    [key("github_pat_"), "[secret_key]", "secret_key"],
    ["postgres://shop:hunter2@db:5432/shop", "postgres://[url_credentials]@db:5432/shop", "url_credentials"],
    ["mail to bob.o'neil+x@mail.example.co.uk now", "mail to bob.o'[email] now", "email"],
    ["card 4111 1111 1111 1111 declined", "card [card_number] declined", "card_number"],
    ["card 4111111111111111", "card [card_number]", "card_number"],
    ["ssn 123-45-6789", "ssn [ssn]", "ssn"],
    [
      "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nafter",
      "[private_key]\nafter",
      "private_key",
    ],
    ["-----BEGIN PRIVATE KEY-----\nMIIE", "[private_key]", "private_key"],
    ["https://hooks.slack.com/services/T0/B0/abcdef", "https://hooks.slack.com/[webhook_url]", "webhook_url"],
  ])("%j", (text, clean, kind) => {
    const counts = {};
    expect(scrubText(text, counts)).toBe(clean);
    expect(counts).toEqual({ [kind]: 1 });
  });

  it("internet addresses only when asked", () => {
    const text = "from 203.0.113.9 and 2001:db8::1, version 1.2.3, at 12:30:45";
    expect(scrubText(text, {})).toBe(text);
    const counts = {};
    expect(scrubText(text, counts, { ipAddresses: true })).toBe(
      "from [ip_address] and [ip_address], version 1.2.3, at 12:30:45",
    );
    expect(counts).toEqual({ ip_address: 2 });
  });
});

describe("what stays", () => {
  it.each([
    "Cannot read properties of undefined (reading 'token')",
    "/app/node_modules/@sentry/node/index.js",
    "shop@1.2.3+3f2a91bc",
    "order 1234567890123456 of 4111111111111112",
    "the password was wrong",
    "KeyError: 'total'",
    "tokens: 512 of 4096",
    "PWD=/app",
    "signal=SIGTERM sig=SIGKILL sig=11 sigma=0.5",
    "sessions_count=12 sessions=4 session: not found, session=expired",
    "the side=left inside=1 cvs=3 design=new",
    "4bf92f3577b34da6a3ce929d0e0e4736",
    "2026-01-02 03:04:05",
  ])("%j", (text) => {
    const counts = {};
    expect(scrubText(text, counts)).toBe(text);
    expect(counts).toEqual({});
  });

  it("expressions in source code, though not literals", () => {
    expect(scrubText("const token = await read(password);", {}, { isSourceCode: true })).toBe(
      "const token = await read(password);",
    );
    expect(scrubText('const password = "hunter2";', {}, { isSourceCode: true })).toBe('const password = "[password]";');
  });
});

it("NUL and lone surrogates, which PostgreSQL refuses, never remain", () => {
  expect(scrubText("a\0b\ud800c\udc00d 😀", {})).toBe("ab\ufffdc\ufffdd 😀");
});

it("a hostile text costs linear time", () => {
  const parts = [
    "password=",
    "eyJ",
    "a@",
    "4111 ",
    "://",
    "-----BEGIN ",
    "cookie:",
    "sk-",
    "token ",
    "1.1.1.",
    "authorization ",
  ];
  const started = performance.now();
  for (const part of parts) scrubText(part.repeat(Math.ceil(60_000 / part.length)), {}, { ipAddresses: true });
  expect((performance.now() - started) / parts.length).toBeLessThan(150);
});
