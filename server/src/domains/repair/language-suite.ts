import { goTestLog, readGoTest } from "../../analysis/test-reports/read-go-test.ts";
import { readJUnit } from "../../analysis/test-reports/read-junit.ts";
import { readLibtest } from "../../analysis/test-reports/read-libtest.ts";
import type { TestReport } from "../../analysis/test-reports/test-report.ts";
import { storeFolder } from "./install/recipe.ts";
import type { SandboxResult } from "./sandbox-port.ts";

/** How the tests of a project in another language than JavaScript are run, and how each test is read from its runner. */
export interface LanguageSuite {
  readonly language: string;
  /** Words as people would type them. */
  readonly words: string;
  /** For a shell; what the runner writes for machines goes to `CULPRIT_RESULT`. */
  readonly command: string;
  readonly read: (result: SandboxResult) => TestReport;
  /** What the run printed, for people. */
  readonly log: (result: SandboxResult) => string;
}

interface Ways {
  readonly files: ReadonlySet<string>;
  readonly read: (path: string) => Promise<string | null>;
}

const printed = (result: SandboxResult): string => result.log;
const told = (result: SandboxResult): string => result.result ?? "";
const junit = (result: SandboxResult): TestReport => readJUnit(told(result));

/** The tests of the project by the file that its language is built with; null where that is JavaScript's, or none that is known. */
export async function languageSuite({ files, read }: Ways): Promise<LanguageSuite | null> {
  if (files.has("package.json")) return null;
  const has = (pattern: RegExp): boolean => [...files].some((path) => pattern.test(path));
  if (files.has("go.mod")) {
    return {
      language: "Go",
      words: "go test ./...",
      // What was compiled before is only read; links to it stand where Go writes.
      command: `cp -rs ${storeFolder}/build "$GOCACHE" 2>/dev/null; go test -json ./... > "$CULPRIT_RESULT"`,
      read: (result) => readGoTest(told(result)),
      log: (result) => goTestLog(told(result)) + result.log,
    };
  }
  if (files.has("Cargo.toml")) {
    const words = "cargo test --workspace --no-fail-fast --locked";
    return { language: "Rust", words, command: kept(words), read: (result) => readLibtest(told(result)), log: printed };
  }
  if (files.has("pom.xml")) {
    const words = "mvn -B -o -fae test";
    const reports = `find . -path '*/target/surefire-reports/TEST-*.xml' -exec cat {} + > "$CULPRIT_RESULT"`;
    return { language: "Java", words, command: `${words}; code=$?; ${reports}; exit $code`, read: junit, log: printed };
  }
  if (has(/(?:^|\/)(?:test_[^/]*|[^/]*_test)\.py$/)) {
    const words = "python3 -m pytest -p no:cacheprovider";
    return { language: "Python", words, command: `${words} --junitxml="$CULPRIT_RESULT"`, read: junit, log: printed };
  }
  if (files.has("composer.lock") && /"name":\s*"phpunit\/phpunit"/.test((await read("composer.lock")) ?? "")) {
    const words = "vendor/bin/phpunit";
    return { language: "PHP", words, command: `${words} --log-junit "$CULPRIT_RESULT"`, read: junit, log: printed };
  }
  return null;
}

/** Prints what a command says, and keeps all of it, as a long log loses its middle. */
function kept(words: string): string {
  return `${words} > "$CULPRIT_RESULT" 2>&1; code=$?; cat "$CULPRIT_RESULT"; exit $code`;
}
