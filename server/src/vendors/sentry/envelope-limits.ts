/** What one envelope may hold; over it is an error, because cutting would lose events in silence. */
export const envelopeLimits = {
  items: 1_000,
  headerBytes: 65_536,
  eventBytes: 8 * 1024 * 1024,
} as const;
