const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** `1536` → `1.5 kB`, in steps of 1024 as PostgreSQL's pg_size_pretty. */
export function bytesText(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  const value = bytes / 1024 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[power]}`;
}

/** `75_000` seconds → `20 h 50 min`. */
export function secondsText(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d`;
}

/** Columns side by side; those whose heading begins with a blank are numbers and stand to the right. */
export function tableText(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = heading.map((head, at) => Math.max(head.trim().length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => (heading[at]?.startsWith(" ") ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join("  ")
      .trimEnd();
  return [heading.map((head) => head.trim()), ...rows].map(line);
}
