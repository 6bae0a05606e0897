/** Wilson's interval of a share, 95 %. */
export function wilson(hits: number, count: number): string {
  if (count === 0) return "-";
  const z2 = 1.96 ** 2;
  const share = hits / count;
  const middle = (share + z2 / (2 * count)) / (1 + z2 / count);
  const half = (1.96 * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count ** 2))) / (1 + z2 / count);
  return `${(middle - half).toFixed(2)}–${(middle + half).toFixed(2)}`;
}
