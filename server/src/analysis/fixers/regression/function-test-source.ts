import type { ProbedFunction } from "./function-probe-source.ts";
import { accessOf, type Claim, literalOf, type Recorded } from "./literal.ts";
import { importDefaultLine, importLine, runnerImports, testFunction } from "./test-frame.ts";
import type { TestStyle } from "./test-style.ts";

/** What the function gave where it still worked. */
export type Expected =
  | { readonly kind: "value"; readonly claim: Claim }
  | { readonly kind: "error"; readonly name: string; readonly message: string };

/** Source of the regression test that calls the function with the failing input; null where an input has no source. */
export function functionTestSource(
  style: TestStyle,
  target: ProbedFunction,
  args: readonly Recorded[],
  expected: Expected,
  title: string,
): string | null {
  const literals = args.map(literalOf);
  if (literals.includes(null)) return null;
  const name = target.exportName === "default" ? "subject" : target.exportName;
  const call = `${name}(${literals.join(", ")})`;
  const body =
    expected.kind === "error"
      ? [
          `  await assert.rejects(async () => ${call}, { name: ${JSON.stringify(expected.name)}, message: ${JSON.stringify(expected.message)} });`,
        ]
      : [`  const result = await ${call};`, ...claimLines(expected.claim)];
  return [
    importDefaultLine(style, "assert", "node:assert/strict"),
    ...runnerImports(style),
    target.exportName === "default"
      ? importDefaultLine(style, name, target.module)
      : importLine(style, [name], target.module),
    "",
    `${testFunction(style)}(${JSON.stringify(title)}, async () => {`,
    ...body,
    "});",
    "",
  ].join("\n");
}

function claimLines(claim: Claim): string[] {
  if ("whole" in claim) return [`  assert.deepEqual(result, ${literalOf(claim.whole) ?? "undefined"});`];
  return claim.parts.map(
    ({ path, value }) => `  assert.deepEqual(${accessOf("result", path)}, ${literalOf(value) ?? "undefined"});`,
  );
}
