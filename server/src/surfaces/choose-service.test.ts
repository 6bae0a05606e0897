import { expect, test } from "vitest";
import { chooseService } from "./choose-service.ts";

const known = async () => [
  "prod/shop/cart",
  "prod/shop/payments",
  "prod/bank/payments",
  "default/production/web",
  "k/x/web",
];

test.each([
  ["cart", "prod/shop/cart"],
  ["shop/cart", "prod/shop/cart"],
  ["bank/payments", "prod/bank/payments"],
  ["web", "default/production/web"],
  ["other/shop/cart", "other/shop/cart"],
  ["database:orders", "database:orders"],
])("%s is the service %s", async (named, key) => {
  expect(await chooseService(named, "production", known)).toBe(key);
});

test("a whole key is taken as it is, and nothing is looked up for it", async () => {
  const never = () => Promise.reject(new Error("asked"));
  expect(await chooseService("a/b/c", undefined, never)).toBe("a/b/c");
});

test("a short name is looked up by its ending, and only one that nobody has by all there is", async () => {
  const asked: (string | undefined)[] = [];
  const looked = async (ending?: string) => {
    asked.push(ending);
    return (await known()).filter((key) => ending === undefined || key.endsWith(`/${ending}`));
  };
  await chooseService("shop/cart", undefined, looked);
  expect(asked).toEqual(["shop/cart"]);
  await expect(chooseService("nothing", undefined, looked)).rejects.toThrow(/There are prod\/shop\/cart/);
  expect(asked).toEqual(["shop/cart", "nothing", undefined]);
});

test("a name of several services is refused with them, one of none with what there is", async () => {
  await expect(chooseService("payments", "production", known)).rejects.toMatchObject({
    ...{ code: "NOT_FOUND", details: { field: "service", provided: "payments" } },
    message: '"payments" is several services here: prod/shop/payments, prod/bank/payments. Name one of them.',
  });
  await expect(chooseService("crat", undefined, known)).rejects.toThrow(
    /^No service "crat" is known here\. Did you mean cart\? There are prod\/shop\/cart, /,
  );
  await expect(chooseService("cart", undefined, async () => [])).rejects.toThrow(/A service is known once/);
});
