/**
 * `{{ a.b | truncate(60) | default('x') }}` of older files as `${{ default(truncate(a.b, 60), 'x') }}`, anywhere in a value.
 * `rename` says what a bare name at the beginning is here.
 */
export function rewriteTemplates(value: unknown, rename: (expression: string) => string): unknown {
  if (typeof value === "string")
    return value.replace(
      /(?<!\$)\{\{([^{}]*)\}\}/g,
      (_, inner: string) => `\${{ ${rewriteFilters(rename(inner.trim()))} }}`,
    );
  if (Array.isArray(value)) return value.map((item) => rewriteTemplates(item, rename));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewriteTemplates(item, rename)]));
}

/** Filters as calls: `x | f(1)` is f(x, 1). A bar in a text or a doubled one is none. */
export function rewriteFilters(expression: string): string {
  const parts: string[] = [];
  let from = 0;
  let quote: string | null = null;
  for (let at = 0; at < expression.length; at += 1) {
    const character = expression[at];
    if (quote !== null) {
      if (character === quote) quote = null;
    } else if (character === "'" || character === '"') quote = character;
    else if (character === "|") {
      if (expression[at + 1] === "|") at += 1;
      else {
        parts.push(expression.slice(from, at));
        from = at + 1;
      }
    }
  }
  parts.push(expression.slice(from));
  const [value = "", ...filters] = parts.map((part) => part.trim());
  return filters.reduce((inner, filter) => {
    const match = /^(\w+)\s*(?:\(([\s\S]*)\))?$/.exec(filter);
    return match === null ? `${inner} | ${filter}` : `${match[1]}(${[inner, match[2]].filter(Boolean).join(", ")})`;
  }, value);
}
