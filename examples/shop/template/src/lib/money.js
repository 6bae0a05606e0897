import moneyFormat from "money-format";

/** Adds amounts in cents; a fraction of a cent is a mistake of the caller. */
export function sumCents(amounts) {
  let total = 0n;
  for (const amount of amounts) {
    total += BigInt(amount);
  }
  return Number(total);
}

/** A share of an amount, rounded to whole cents. */
export function percentOf(cents, percent) {
  return Math.round((cents * percent) / 100);
}

/** An amount for people, such as `12.90 EUR`. */
export function formatCents(cents, currency) {
  return moneyFormat.format(cents, currency);
}

/** Whole units and cents, for the columns of an invoice. */
export function splitCents(cents) {
  const [units, rest] = moneyFormat.parts(cents);
  return { units, rest };
}

/** A price range for people, such as `3.00 – 12.90 EUR`. */
export function formatRange(low, high, currency) {
  return moneyFormat.formatRange(low, high, currency);
}
