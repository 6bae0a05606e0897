// Replaced by generate-tables.ts.
// biome-ignore lint/suspicious/noEmptyInterface: generated
export interface DB {}
