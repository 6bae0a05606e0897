/** The same direction with length 1; a vector of zeros, which has none, gets one of its own. */
export function unitVector(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  if (length === 0 || !Number.isFinite(length)) {
    const lone = new Float32Array(vector.length);
    lone[0] = 1;
    return lone;
  }
  return vector.map((x) => x / length);
}
