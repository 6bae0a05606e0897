/** A dependency that the manifest and its lock file say differently. */
export interface LockDrift {
  readonly name: string;
  readonly wanted: string | null;
  readonly locked: string | null;
  readonly reason: string;
}

const kinds = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] as const;

/**
 * Where `package.json` and `package-lock.json` (version 2 or 3) say different ranges, or one of them knows nothing of the other's: then
 * `npm ci` refuses. @returns null where the lock is none that can be read.
 */
export function lockfileDrift(manifest: string, lock: string): LockDrift[] | null {
  const [wanted, locked] = [objectOf(manifest), objectOf(lock)];
  const root = fieldOf(fieldOf(locked, "packages"), "");
  if (wanted === null || root === null) return null;
  const found: LockDrift[] = [];
  for (const kind of kinds) {
    const [asked, known] = [rangesOf(fieldOf(wanted, kind)), rangesOf(fieldOf(root, kind))];
    for (const name of new Set([...asked.keys(), ...known.keys()])) {
      const [a, b] = [asked.get(name) ?? null, known.get(name) ?? null];
      if (a === b) continue;
      const reason =
        b === null
          ? `${kind} names it, the lock does not`
          : a === null
            ? `the lock names it among ${kind}, package.json does not`
            : `${kind} asks for ${a}, the lock was made for ${b}`;
      found.push({ name, wanted: a, locked: b, reason });
    }
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function objectOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function fieldOf(value: unknown, name: string): Readonly<Record<string, unknown>> | null {
  const field = isObject(value) && Object.hasOwn(value, name) ? value[name] : null;
  return isObject(field) ? field : null;
}

function rangesOf(value: Readonly<Record<string, unknown>> | null): Map<string, string> {
  return new Map(
    Object.entries(value ?? {}).flatMap(([name, range]) => (typeof range === "string" ? [[name, range] as const] : [])),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
