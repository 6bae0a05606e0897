/**
 * How much likelier a proof's outcome is where the blamed commit is the cause than where it is not: still goals, until
 * `npm run eval -- repair --split dev --write-odds` writes what was measured.
 */
export const proofOdds = { green: 6.67, red: 0.54 } as const;
