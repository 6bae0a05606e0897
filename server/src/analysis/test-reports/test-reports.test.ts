import { expect, test } from "vitest";
import { goTestLog, readGoTest } from "./read-go-test.ts";
import { readJUnit } from "./read-junit.ts";
import { readLibtest } from "./read-libtest.ts";
import { suiteReportOf } from "./test-report.ts";

test("go test -json: each test by package and name, with what it printed; a package that does not build names none", () => {
  const events = [
    { Action: "run", Package: "example.com/shop", Test: "TestEmpty" },
    { Action: "output", Package: "example.com/shop", Test: "TestEmpty", Output: "panic: index out of range\n" },
    { Action: "fail", Package: "example.com/shop", Test: "TestEmpty" },
    { Action: "output", Package: "example.com/shop", Test: "TestOne", Output: "=== RUN TestOne\n" },
    { Action: "pass", Package: "example.com/shop", Test: "TestOne" },
    { Action: "output", Package: "example.com/shop", Output: "FAIL\texample.com/shop\t0.01s\n" },
    { Action: "fail", Package: "example.com/shop" },
  ].map((event) => JSON.stringify(event));
  const text = ["# example.com/other", ...events].join("\n");
  expect(readGoTest(text)).toEqual({
    passing: ["example.com/shop.TestOne"],
    failing: [{ name: "example.com/shop.TestEmpty", text: "panic: index out of range\n" }],
  });
  expect(goTestLog(text)).toBe("panic: index out of range\n# example.com/other\nFAIL\texample.com/shop\t0.01s\n");
  const broken = readGoTest("# example.com/shop\n./cart.go:3:1: syntax error\n");
  expect(suiteReportOf(1, broken)).toEqual({ exitCode: 1, failing: [], failedCount: null, passedCount: null });
});

test("cargo test: tests of one name in two crates stay apart, and each has its own panic", () => {
  const text = [
    "     Running unittests src/lib.rs (/tmp/target/debug/deps/shop-1)",
    "running 2 tests",
    "test tests::empty ... FAILED",
    "test tests::one - should panic ... ok",
    "test tests::later ... ignored",
    "",
    "failures:",
    "",
    "---- tests::empty stdout ----",
    "thread 'tests::empty' panicked at src/lib.rs:4:5:",
    "",
    "failures:",
    "    tests::empty",
    "",
    "test result: FAILED. 1 passed; 1 failed",
    "     Running tests/empty.rs (/tmp/target/debug/deps/empty-1)",
    "test tests::empty ... ok",
    "   Doc-tests shop",
    "test src/lib.rs - first (line 2) ... ok",
  ].join("\n");
  const { passing, failing } = readLibtest(text);
  expect(passing).toEqual([
    "src/lib.rs tests::one",
    "tests/empty.rs tests::empty",
    "doc-tests shop src/lib.rs - first (line 2)",
  ]);
  expect(failing).toMatchObject([{ name: "src/lib.rs tests::empty", text: expect.stringContaining("src/lib.rs:4") }]);
});

test("JUnit's XML: failures and errors with their stack, skipped tests are neither, and printed XML is no test", () => {
  const xml = `<?xml version="1.0"?><testsuite><testcase name="one" classname="shop.CartTest" time="0.1"/>
    <testcase name="empty &lt;x&gt;" classname="shop.CartTest"><failure message="a &quot;b&quot;"><![CDATA[at Cart.java:7 <init>]]></failure></testcase>
    <testcase name="later" classname="shop.CartTest"><skipped/></testcase>
    <testcase name="noisy" classname="shop.CartTest"><system-out><![CDATA[<testcase name="fake"><failure/></testcase>]]></system-out></testcase>
    </testsuite><?xml version="1.0"?><testsuite><testcase classname="b" name="a > b"><error type="E">no</error></testcase></testsuite>`;
  const { passing, failing } = readJUnit(xml);
  expect(passing).toEqual(["shop.CartTest.one", "shop.CartTest.noisy"]);
  expect(failing.map(({ name }) => name)).toEqual(["shop.CartTest.empty <x>", "b.a > b"]);
  expect(failing[0]?.text).toContain("at Cart.java:7 <init>");
});
