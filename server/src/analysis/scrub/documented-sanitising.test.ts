import fc from "fast-check";
import { expect, test } from "vitest";
import { plainSignal } from "../../../../test/scenario/plain-signal.ts";
import { scrubSignal } from "./index.ts";

/** Document 1's function, word for word: what it hides must be hidden. */
function sanitizeStackTrace(trace: string): string {
  return trace
    .replace(/password=\w+/gi, "password=***")
    .replace(/token=\w+/gi, "token=***")
    .replace(/api[_-]?key=\w+/gi, "api_key=***");
}

/** All texts of a signal that is stored. */
function storedText(stack: string): string {
  const { signal } = scrubSignal(
    plainSignal({
      stackText: stack,
      title: stack.slice(0, 200),
      exceptions: [{ type: "Error", message: stack, frames: [] }],
      payload: { breadcrumbs: [{ message: stack }], nested: { deep: [stack] } },
    }),
  );
  return JSON.stringify(signal);
}

const name = fc.constantFrom(
  "password",
  "PASSWORD",
  "token",
  "Token",
  "api_key",
  "api-key",
  "apikey",
  "API_KEY",
  "access_token",
  "db_password",
);
const value = fc.stringMatching(/^S3cr[A-Za-z0-9_]{6,30}$/);

test("whatever document 1's function hides in a stack trace is in nothing that is stored", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(name, value, fc.constantFrom(" ", "&", "\n    at ", "; ", ")")), {
        minLength: 1,
        maxLength: 6,
      }),
      (parts) => {
        const trace = `Error: refused\n    at login (/app/src/a.js:1:2) ${parts.map(([one, secret, end]) => `${one}=${secret}${end}`).join("")}`;
        expect(sanitizeStackTrace(trace)).not.toMatch(/S3cr/);
        expect(storedText(trace)).not.toMatch(/S3cr/);
      },
    ),
  );
});

test.each([
  ["a value that \\w+ ends too early at", "password=S3cr.et-S3crMore/x"],
  ["a quoted value with blanks", 'password="S3cr et S3crMore"'],
  ["JSON", '{"password":"S3cret"}'],
  ["YAML", "password: S3cret"],
  ["an encoded query", "?next=%2F%3Ftoken%3DS3cret"],
  ["credentials of an address", "postgres://shop:S3cret@db/shop"],
  ["a bearer", "Authorization: Bearer S3cretS3cretS3cret"],
])("beyond the document: %s", (_what, text) => {
  expect(storedText(`Error: x ${text}\n    at a (/app/a.js:1:1)`)).not.toMatch(/S3cr/);
});
