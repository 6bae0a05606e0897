import { parseArgs } from "node:util";

/** Whole numbers from flags such as `--seconds 20`, by name with their defaults. Throws on others, naming those there are. */
export function numberFlags<T extends Record<string, number>>(flags: readonly string[], defaults: T): T {
  const options = Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: "string" as const }]));
  const { values } = parseArgs({ args: [...flags], options, strict: true });
  const read = Object.entries(defaults).map(([name, fallback]) => {
    const value = values[name] === undefined ? fallback : Number(values[name]);
    if (!Number.isInteger(value) || value < 0) {
      throw new Error(`--${name} is ${JSON.stringify(values[name])}; it must be a whole number from 0.`);
    }
    return [name, value];
  });
  return Object.fromEntries(read) as T;
}
