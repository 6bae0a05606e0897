import { expect, test } from "vitest";
import { HASHING_DIMENSIONS, hashingEmbedder } from "./hashing-embedder.ts";
import { queryTokens, tokensOf } from "./tokens.ts";

const embedder = hashingEmbedder();
const nearness = async (a: string, b: string) => {
  const [x, y] = await embedder.embed([a, b]);
  return [...(x ?? [])].reduce((sum, value, i) => sum + value * (y?.[i] ?? 0), 0);
};

test("the same text has the same vector on every machine", async () => {
  const [vector] = await embedder.embed(["raise the timeout of the HTTP client"]);
  const told = [...(vector ?? [])].flatMap((value, place) => (value > 0.2 ? [`${place} ${value.toFixed(4)}`] : []));
  // Whoever changes this changes the number in the model's name too: stored vectors are compared with new ones.
  expect(told).toMatchInlineSnapshot(`
    [
      "249 0.3665",
      "444 0.3665",
      "470 0.3665",
    ]
  `);
  expect(vector).toHaveLength(HASHING_DIMENSIONS);
});

test("vectors have length 1, of an empty text as well", async () => {
  for (const vector of await embedder.embed(["a timeout", "", "   \u0000", "x".repeat(100_000)]))
    expect(vector.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(1, 5);
});

test("texts of the same thing are nearer than texts of another, through inflection, case and the parts of names", async () => {
  const [near, far] = [
    await nearness("connection timeouts", "the connection timed out: timeout"),
    await nearness("connection timeouts", "red apples"),
  ];
  expect(near).toBeGreaterThan(far + 0.2);
  expect(await nearness("itemPrice is undefined", "ITEM_PRICE undefined")).toBeGreaterThan(0.7);
});

test("words of code are told whole and by their parts, commit ids by their beginning", () => {
  expect(tokensOf("addItem(user_id) HTTPServer2 0123456789abcdef0123456789abcdef01234567")).toEqual([
    ...["additem", "add", "item", "user", "id", "httpserver2", "http", "server"],
    "0123456789ab",
  ]);
  expect(queryTokens("What is the price of the price?")).toEqual(["what", "price"]);
});
