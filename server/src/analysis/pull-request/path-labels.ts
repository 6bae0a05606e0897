/** The document's rules: the label of each path. All that match count. */
const rules: readonly { readonly label: string; readonly pattern: RegExp }[] = [
  { label: "backend", pattern: /(?:^|\/)backend\// },
  { label: "frontend", pattern: /(?:^|\/)(?:components|app|styles)\// },
  { label: "shared", pattern: /(?:^|\/)shared\// },
  { label: "tests", pattern: /(?:^|\/)tests\// },
  { label: "documentation", pattern: /(?:^|\/)docs\/|\.md$/i },
  { label: "ci/cd", pattern: /^\.github\/workflows\// },
];

/** The labels that the paths of a pull request earn, each once, in the document's order; `own` rules come after them. */
export function labelsOfPaths(
  paths: readonly string[],
  own: Readonly<Record<string, readonly string[]>> = {},
): string[] {
  const found = rules.filter(({ pattern }) => paths.some((path) => pattern.test(path))).map(({ label }) => label);
  const more = Object.entries(own).filter(([, prefixes]) =>
    paths.some((path) => prefixes.some((prefix) => path.startsWith(prefix))),
  );
  return [...new Set([...found, ...more.map(([label]) => label)])];
}
