import fc from "fast-check";
import { expect, test } from "vitest";
import { maskLine, value } from "./mask-line.ts";

const masked = (text: string) => maskLine(text).tokens.join(" ").replaceAll(value, "<*>");

test.each([
  [
    "Received block blk_-1608999687919862906 of size 67108864 from /10.251.42.84:50010",
    "Received block <*> of size <*> from <*>",
  ],
  ["took 12.5 ms to send 403 bytes (1.2 KB)", "took <*> to send <*>"],
  ["0 bytes sent", "<*> sent"],
  ["at Fri Jun 17 07:07:00 2005", "at <*>"],
  ["opened /var/log/app.log.", "opened <*>"],
  ["loaded C:\\Windows\\winsxs\\x.dll", "loaded <*>"],
  ["ids [1, 22, 333] and [a, b]", "ids [ <*> ] and [ <*> ]"],
  ["from 1.2.3.4 () at", "from <*> ( <*> ) at"],
  ["ruser= rhost=ns.example.com", "ruser = <*> rhost = <*>"],
  ["user 550e8400-e29b-41d4-a716-446655440000 <a@b.example>", "user <*> < <*> >"],
  ['{"id":"A 7","ok":true}', '{ " id " : <*> , " ok " : true }'],
  ["Trip(id=7, from=nanjing, data=null)", "Trip ( id = <*> , from = <*> , data = null )"],
  ["jk2_init() Found child 6725", "jk2_init ( ) Found child <*>"],
  ["state RUNNING, org.acme.Main failed", "state RUNNING , org.acme.Main failed"],
])("%s is masked", (text, expected) => {
  expect(masked(text)).toBe(expected);
});

test("a printed collection has one form whatever its length", () => {
  const items = (count: number) => Array.from({ length: count }, (_, at) => `Item(id=${at}, name=n${at})`).join(", ");
  expect(masked(`got [${items(9)}]`)).toBe(masked(`got [${items(3)}]`));
});

test("any text is masked into a bounded number of tokens, the same each time", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 6_000, unit: "binary" }), (text) => {
      const once = maskLine(text);
      expect(once.tokens.length).toBeLessThanOrEqual(200);
      expect(once.spaced.length).toBe(once.tokens.length);
      expect(maskLine(text)).toEqual(once);
    }),
  );
});

test("no line takes long: ten thousand of one character, and nested brackets, are masked in well under a second", () => {
  const started = performance.now();
  for (const text of ["a", "1", ".", "/", ":", "[", "=", '"', "a.", "a/", "1:", " 1", "(a=", "ab:cd"])
    maskLine(text.repeat(10_000));
  expect(performance.now() - started).toBeLessThan(1_000);
});
