/** At so many standard deviations an excess is as likely real as not. */
export const EVEN_AT = 3;

/** 0..1: a steep step between chance and certainty. */
export function significanceOf(deviations: number): number {
  return deviations <= 0 ? 0 : deviations ** 3 / (deviations ** 3 + EVEN_AT ** 3);
}
