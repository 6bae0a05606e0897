import type { TestStyle } from "./test-style.ts";

/** Imports or requires names from a module, in the project's style. */
export function importLine(style: TestStyle, names: readonly string[], module: string): string {
  return style.isModule
    ? `import { ${names.join(", ")} } from ${JSON.stringify(module)};`
    : `const { ${names.join(", ").replaceAll(" as ", ": ")} } = require(${JSON.stringify(module)});`;
}

/** Imports or requires the default of a module. */
export function importDefaultLine(style: TestStyle, name: string, module: string): string {
  return style.isModule
    ? `import ${name} from ${JSON.stringify(module)};`
    : `const ${name} = require(${JSON.stringify(module)});`;
}

/** An expression that loads a module when it is reached. */
export function loadExpression(style: TestStyle, module: string): string {
  return style.isModule ? `await import(${JSON.stringify(module)})` : `require(${JSON.stringify(module)})`;
}

/** What the runner itself has to be asked for. */
export function runnerImports(style: TestStyle): string[] {
  switch (style.runner) {
    case "vitest":
      return [importLine(style, ["test"], "vitest")];
    case "node":
      return [importLine(style, ["test"], "node:test")];
    case "jest":
      return [];
    case "mocha":
      return [];
  }
}

/** The name of the function that declares a test. */
export function testFunction(style: TestStyle): string {
  return style.runner === "mocha" ? "it" : "test";
}
