import { expect, test } from "vitest";
import { readFailures } from "./read-failures.ts";
import { testCommandOf } from "./test-command.ts";

const mocha = `
  Halves
    1) of four
    ✓ of six

  1 passing (9ms)
  1 failing

  1) Halves of four:
     TypeError: Cannot read properties of undefined (reading 'length')
      at half (/tree/half.js:1:33)
      at Context.<anonymous> (/tree/test/half.js:4:3)
`;
const newMocha = mocha.replace("1) Halves of four:", "1) Halves\n       of four:");
const spec = `✖ half of four (0.8ms)
✖ failing tests:

test at test/half.test.js:4:1
✖ half of four (0.8ms)
  TypeError [Error]: Cannot read properties of undefined (reading 'length')
      at exports.half (/tree/half.js:1:38)
`;
const jest = `FAIL test/half.test.js
  ● halves › of four

    expected 200 "OK", got 404 "Not Found"

      12 |   it('of four', (done) => {
      at Test._assert (node_modules/supertest/lib/test.js:268:12)
      at half (lib/half.js:3:5)

Tests:       1 failed, 3 passed, 4 total
`;
const tap = `# halves
not ok 1 should be equal
  ---
    operator: equal
    stack: |-
      Error: should be equal
          at Test.assert (/tree/node_modules/tape/lib/test.js:1:1)
          at Test.<anonymous> (/tree/test.js:7:5)
  ...
ok 2 (unnamed assert)
`;

test("failures are read with their stacks from Mocha, Jest, node:test and TAP, each once", () => {
  expect(readFailures(mocha, 1)).toEqual([
    {
      title: "Halves of four",
      type: "TypeError",
      message: "Cannot read properties of undefined (reading 'length')",
      stack:
        "TypeError: Cannot read properties of undefined (reading 'length')\n    at half (/tree/half.js:1:33)\n    at Context.<anonymous> (/tree/test/half.js:4:3)",
    },
  ]);
  expect(readFailures(newMocha, 1)).toEqual(readFailures(mocha, 1));
  expect(readFailures(spec, 1)).toMatchObject([{ title: "half of four", type: "TypeError" }]);
  expect(readFailures(spec, 1)[0]?.stack).toContain("/tree/half.js:1:38");
  expect(readFailures(jest, 1)).toMatchObject([
    { title: "halves › of four", type: "AssertionError", message: 'expected 200 "OK", got 404 "Not Found"' },
  ]);
  expect(readFailures(tap, 1)).toMatchObject([{ title: "should be equal", type: "Error" }]);
  expect(readFailures(tap, 1)[0]?.stack).toContain("/tree/test.js:7:5");
});

test("a program that ends with an error is one failure, and one that ends well is none", () => {
  const words = "/tree/a.js:1\nSyntaxError: Unexpected token\n    at wrap (node:internal:1:1)\n";
  expect(readFailures(words, 1)).toMatchObject([
    { title: "the run", type: "SyntaxError", message: "Unexpected token" },
  ]);
  expect(readFailures("done\n", 0)).toEqual([]);
});

test("of npm test only what runs tests in Node is run, for the repair's tests where the runner takes files", () => {
  const of = (scripts: Record<string, string>, tests: string[] = []) =>
    testCommandOf(JSON.stringify({ scripts }), tests);
  expect(
    of({ test: "npm run cover", cover: "npm run only -- --coverage", only: "jest --forceExit" }, ["a.test.js"]),
  ).toEqual({
    words: "jest --forceExit 'a.test.js'",
  });
  expect(of({ test: "standard && tape test/*.js" })).toEqual({ words: "tape test/*.js" });
  expect(of({ test: "nyc --silent ./node_modules/.bin/mocha test/*.js" }, ["test/b.js"])).toEqual({
    words: "_mocha 'test/b.js'",
  });
  expect(of({ test: "karma start" })).toEqual({ reason: "no runner of tests in Node in npm test: karma start" });
  expect(of({})).toEqual({ reason: "npm test is not there" });
});
