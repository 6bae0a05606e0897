/** -1..1: the logarithm of the ratio of two scores, a factor of e being 0.5. */
export function leadOf(own: number, rival: number): number {
  const floor = 0.01;
  return Math.max(-1, Math.min(1, 0.5 * Math.log((own + floor) / (rival + floor))));
}
