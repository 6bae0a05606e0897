const parcelHeightMax = 600;

/** Splits lines into parcels that one person can carry. */
export function packParcels(lines) {
  const parcels = [];
  let current = { grams: 0, height: 0, pieces: 0 };
  for (const { product, quantity } of lines) {
    const height = product.dimensions.height * quantity;
    if (current.pieces > 0 && current.height + height > parcelHeightMax) {
      parcels.push(current);
      current = { grams: 0, height: 0, pieces: 0 };
    }
    current.grams += product.grams * quantity;
    current.height += height;
    current.pieces += quantity;
  }
  parcels.push(current);
  return parcels;
}
