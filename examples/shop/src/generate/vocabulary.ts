import type { Random } from "./random.ts";

/** Words of the template that a seed may replace, everywhere: paths, code, data, routes and messages. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  cart: ["cart", "basket", "trolley"],
  coupon: ["coupon", "voucher", "promo"],
  stock: ["stock", "inventory"],
  customer: ["customer", "shopper", "member"],
  invoice: ["invoice", "bill"],
};

const serviceNames = ["shop", "storefront", "market", "webshop", "boutique"];

/** How one generated shop speaks. */
export interface Vocabulary {
  readonly serviceName: string;
  /** The text in this shop's words; other text comes back unchanged. */
  readonly render: (text: string) => string;
}

/** Chooses this shop's name and words. */
export function chooseVocabulary(random: Random): Vocabulary {
  const chosen = new Map(Object.entries(synonyms).map(([word, choices]) => [word, random.pick(choices)]));
  const expression = new RegExp([...chosen.keys()].join("|"), "gi");
  return {
    serviceName: random.pick(serviceNames),
    render: (text) => text.replace(expression, (word) => inCaseOf(word, chosen.get(word.toLowerCase()) ?? word)),
  };
}

function inCaseOf(example: string, word: string): string {
  if (example === example.toUpperCase()) return word.toUpperCase();
  const isCapital = example.charAt(0) !== example.charAt(0).toLowerCase();
  return isCapital ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}
