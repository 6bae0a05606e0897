import { type FieldPath, type Finding, failure, warning } from "./finding.ts";

export type Json = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * What other formats say differently becomes what `workflowDefinitionSchema` knows. Where a field stood is remembered, so
 * that a problem with it is shown there.
 */
export class Rewriting {
  readonly findings: Finding[] = [];
  readonly #origins: (readonly [FieldPath, FieldPath])[] = [];

  #root: FieldPath = [];

  /** All that follows stands in the file under `root`. */
  enter(root: FieldPath): void {
    this.#root = root;
    this.from([], []);
  }

  /** `field` was made of what stands at `source`. */
  from(field: FieldPath, source: FieldPath): void {
    this.#origins.push([field, [...this.#root, ...source]]);
  }

  refuse(source: FieldPath, message: string): void {
    this.findings.push(failure([...this.#root, ...source], message));
  }

  leaveOut(source: FieldPath, message: string): void {
    this.findings.push({ ...warning([...this.#root, ...source], message), isAboutKey: true });
  }

  /** Where a field of the definition stands in the text: by the longest part of its path that was moved. */
  sourceOf(field: FieldPath): FieldPath {
    let best: readonly [FieldPath, FieldPath] | null = null;
    for (const origin of this.#origins) {
      const [start] = origin;
      if (start.length > field.length || start.some((key, index) => key !== field[index])) continue;
      if (best === null || start.length >= best[0].length) best = origin;
    }
    return best === null ? field : [...best[1], ...field.slice(best[0].length)];
  }
}

/** A name as an identifier: `Check the diff` is check_the_diff. */
export function identifierOf(text: string): string {
  const name = text
    .trim()
    .replace(/[^a-zA-Z0-9_]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 90);
  return /^[a-zA-Z_]/.test(name) ? name : `step_${name}`;
}
