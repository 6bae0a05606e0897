import { expect, test } from "vitest";
import { diffOf } from "../../../../test/repair/failing-file.ts";
import { describeRemovedTests, removedTests } from "./removed-tests.ts";

test("tests that a patch takes away are named with their files, in the languages people test in", () => {
  const diff = [
    diffOf(
      "test/quote.test.js",
      ' test("stays", () => {',
      '-test("10 % off from 200 EUR", () => {',
      "-  it.only('is rounded', f);",
    ),
    diffOf("test/long.test.js", "-test(", '-  "a name on a line of its own",', "-  () => {},", "-);"),
    diffOf("tests/test_quote.py", "-    def test_discount(self):", "-async def test_later():"),
    diffOf("quote_test.go", "-func TestQuote(t *testing.T) {", "-func helper() {"),
    diffOf("src/quote.rs", " #[cfg(test)]", "-    #[test]", "-    fn quotes() {"),
    diffOf("QuoteTest.java", "-  @Test", "-  void quotes() {"),
    diffOf("spec/quote_spec.rb", '-  it "quotes" do'),
    diffOf("src/pattern.js", '-  pattern.test("x");', "-  commit('x');"),
  ].join("");
  expect(removedTests(diff).map(({ path, name }) => `${path}: ${name}`)).toEqual([
    "test/quote.test.js: 10 % off from 200 EUR",
    "test/quote.test.js: is rounded",
    "test/long.test.js: a name on a line of its own",
    "tests/test_quote.py: test_discount",
    "tests/test_quote.py: test_later",
    "quote_test.go: TestQuote",
    "src/quote.rs: quotes",
    "QuoteTest.java: quotes",
    "spec/quote_spec.rb: quotes",
  ]);
});

test("a test that comes back, changed or in another file, is not removed", () => {
  const changed = diffOf("test/a.test.js", '-test("a", () => equal(1));', '+test("a", () => equal(2));');
  const moved =
    diffOf("test/b.test.js", '-test("b", f);') + diffOf("test/c.test.js", '+test("b", f);', '+test("c", f);');
  expect(removedTests(changed + moved)).toEqual([]);
  expect(removedTests(diffOf("test/d.test.js", '-test("d", f);', '-test("d", g);', '+test("d", f);'))).toHaveLength(1);
});

test("what is removed is a sentence, long lists are cut", () => {
  const path = "test/y.test.js";
  expect(describeRemovedTests([])).toBe("");
  expect(describeRemovedTests([{ path, name: "X" }])).toBe("It removes the test 'X' in test/y.test.js.");
  const many = Array.from({ length: 10 }, (_, at) => ({ path, name: `t${at}` }));
  expect(describeRemovedTests(many)).toMatch(/^It removes 10 tests: 't0' in test\/y\.test\.js, .* and 2 more\.$/);
});
