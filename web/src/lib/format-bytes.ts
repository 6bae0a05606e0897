const units = ["B", "KB", "MB", "GB", "TB"] as const;

/** Bytes for people, in powers of 1000: `512 B`, `1.4 MB`, `23 GB`. */
export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
