import { flagName, type OptionKey, options } from "./options.ts";

/** The settings as a Markdown table, for `docs/configuration.md`. */
export function optionsTable(): string {
  const rows = (Object.keys(options) as OptionKey[]).map((key) => {
    const { env, default: fallback, allowed, doc } = options[key];
    const shown = fallback === "" ? "(empty)" : `\`${String(fallback)}\``;
    return `| \`${key}\` | \`${flagName(key)}\` | \`${env}\` | ${shown} | ${allowed} | ${doc} |`;
  });
  return ["| in the file | flag | variable | default | allowed | meaning |", "|---|---|---|---|---|---|", ...rows].join(
    "\n",
  );
}
