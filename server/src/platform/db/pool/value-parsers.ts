import pg from "pg";

const INT8 = 20;
const NUMERIC = 1700;
const DATE = 1082;

/**
 * How values of PostgreSQL become values of JavaScript, for every connection of Culprit: `bigint` and `numeric` are
 * numbers (a bigint beyond 2^53 throws rather than lose a digit), `date` stays text because it names no instant, the rest
 * as pg does it (`timestamptz` is a Date, `jsonb` is parsed).
 */
export const valueParsers: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    if (format === "binary") return pg.types.getTypeParser(oid, format);
    if (oid === INT8) return parseInt8;
    if (oid === NUMERIC) return Number;
    if (oid === DATE) return (text: string) => text;
    return pg.types.getTypeParser(oid);
  },
};

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`The bigint ${text} does not fit a number; cast it to text.`);
  return value;
}
