import type { CheckName } from "./gate-result.ts";

/** What the linter is asked, by the check that it belongs to. The document's limits where it names any. */
const rulesByCheck: Readonly<Partial<Record<CheckName, Readonly<Record<string, unknown>>>>> = {
  style: {
    "no-console": "warn",
    "no-debugger": "warn",
    "no-var": "warn",
    eqeqeq: ["warn", "always", { null: "ignore" }],
    "no-empty": "warn",
    "no-duplicate-imports": "warn",
    "unicorn/no-abusive-eslint-disable": "warn",
  },
  complexity: {
    complexity: ["warn", { max: 10 }],
    "max-lines": ["warn", { max: 500 }],
    "max-depth": ["warn", { max: 5 }],
    "max-params": ["warn", { max: 7 }],
  },
  security: {
    "no-eval": "warn",
    "no-implied-eval": "warn",
    "no-new-func": "warn",
    "no-script-url": "warn",
    "react/no-danger": "warn",
    "react/jsx-no-script-url": "warn",
    "react/jsx-no-target-blank": "warn",
  },
  performance: {
    "no-await-in-loop": "warn",
    "oxc/no-accumulating-spread": "warn",
    "oxc/no-map-spread": "warn",
    "unicorn/prefer-set-has": "warn",
    "react/jsx-no-constructed-context-values": "warn",
  },
  dependencies: { "no-unused-vars": "warn", "import/no-self-import": "warn", "import/no-duplicates": "warn" },
};

/** The configuration of the linter for all checks. Rules of accessibility are all that its plugin has. */
export const lintConfig: Readonly<Record<string, unknown>> = {
  plugins: ["typescript", "unicorn", "oxc", "import", "react", "jsx-a11y"],
  categories: { correctness: "warn" },
  rules: { ...Object.assign({}, ...Object.values(rulesByCheck)), "react/react-in-jsx-scope": "off" },
};

const checkByRule = new Map(
  Object.entries(rulesByCheck).flatMap(([check, rules]) =>
    Object.keys(rules).map((rule) => [rule.replace(/^.*\//, ""), check as CheckName] as const),
  ),
);

/** Rules whose finding is more than a warning. */
const errorRules = new Set(["no-eval", "no-implied-eval", "no-new-func", "no-script-url", "jsx-no-script-url"]);

/** The check that a finding belongs to, by the linter's rule (`eslint(no-eval)`); style for what no check names. */
export function checkOfRule(rule: string | null): { readonly check: CheckName; readonly isError: boolean } {
  if (rule === null) return { check: "syntax", isError: true };
  const [, plugin = "", name = rule] = /^([\w-]+)\((.+)\)$/.exec(rule) ?? [];
  if (plugin === "jsx-a11y" || plugin === "jsx_a11y") return { check: "accessibility", isError: false };
  return { check: checkByRule.get(name) ?? "style", isError: errorRules.has(name) };
}
