import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** Reads vitest's JSON report, fails on a skipped test that `.ci/allowed-skips` does not name, and prints the closing line. */
const reportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(z.object({ assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })) })),
});

const [reportPath] = process.argv.slice(2);
if (reportPath === undefined) throw new Error("usage: node scripts/check-skips.ts REPORT.json");
const report = reportSchema.parse(JSON.parse(readFileSync(reportPath, "utf8")));
const allowed = new Set(
  readFileSync(fileURLToPath(new URL("../.ci/allowed-skips", import.meta.url)), "utf8")
    .split("\n")
    .filter((line) => line.includes(" # ") && !line.startsWith("#"))
    .map((line) => line.slice(0, line.indexOf(" # ")).trim()),
);
const skipped = report.testResults.flatMap(({ assertionResults }) =>
  assertionResults.filter(({ status }) => !["passed", "failed"].includes(status)),
);
const surprising = skipped.filter(({ fullName }) => !allowed.has(fullName));
for (const { fullName } of surprising) console.error(`skipped without a reason in .ci/allowed-skips: ${fullName}`);
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped.length} skipped`);
process.exitCode = surprising.length > 0 || report.numPassedTests === 0 ? 1 : 0;
