import { z } from "zod";

const manifestSchema = z.object({
  scripts: z.record(z.string(), z.string()).default({}),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});
const takesFiles = ["_mocha", "jest", "tape"];

/** How a project's tests are started. */
export type TestCommand = { readonly words: string } | { readonly reason: string };

/** What a manifest says of tests; null for text that is no manifest. */
export function readManifest(text: string | null): z.infer<typeof manifestSchema> | null {
  try {
    return text === null ? null : manifestSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/**
 * The part of `npm test` that runs tests in Node (linters and coverage before and after it are left out), for the named files where the runner
 * takes them; a reason where there is none.
 */
export function testCommandOf(manifest: string, tests: readonly string[]): TestCommand {
  const scripts = readManifest(manifest)?.scripts ?? {};
  const parts = partsOf(scripts, "test", 4);
  const part = parts.find((words) => /^(?:(?:_?mocha|jest|tape|tap)\b|node (?!-e\b))/.test(programOf(words)));
  if (part === undefined)
    return {
      reason:
        parts.length === 0 ? "npm test is not there" : `no runner of tests in Node in npm test: ${parts.join(" && ")}`,
    };
  const program = programOf(part)
    .replace(/^node (?=.*--test\b)/, "node --test-reporter=spec ")
    // The other program of old Mochas starts this one in a way that Node of today no longer knows.
    .replace(/^mocha\b/, "_mocha");
  const [name = ""] = program.split(" ");
  if (tests.length === 0 || !takesFiles.includes(name)) return { words: program };
  // Files in its words would be run besides the named ones.
  const own = program.split(" ").filter((word, at) => at === 0 || word.startsWith("-"));
  return { words: [...own, ...tests.map((path) => `'${path.replaceAll("'", "'\\''")}'`)].join(" ") };
}

function partsOf(scripts: Readonly<Record<string, string>>, name: string, depth: number): string[] {
  return (scripts[name] ?? "")
    .split(/&&|;/)
    .map((part) => part.trim())
    .flatMap((part) => {
      const other = /^(?:npm|yarn) (?:run(?:-script)? )?(?:(?:-s|--silent) )?([\w:.-]+)/.exec(part)?.[1];
      if (part === "") return [];
      return other !== undefined && other in scripts && depth > 0 ? partsOf(scripts, other, depth - 1) : [part];
    });
}

/** The words from the program on: without variables, `cross-env`, coverage tools and the path to the program. */
function programOf(part: string): string {
  return part
    .replace(/^(?:(?:cross-env|\w+=\S*|(?:nyc|c8|istanbul cover)(?: --?\S+)*(?: --)?)\s+)+/, "")
    .replace(/^(?:\.\/)?node_modules\/(?:\.bin\/|mocha\/bin\/)/, "")
    .replace(/ --es-staging\b/, "");
}
