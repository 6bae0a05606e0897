import { expect, test } from "vitest";
import { fromPublicId, newId, toPublicId } from "./ids.ts";

test("a public id is the same key in another form", () => {
  const id = newId();
  const publicId = toPublicId("inc", id);
  expect(publicId).toMatch(/^inc_[0-9a-z]{26}$/);
  expect(fromPublicId("inc", publicId)).toBe(id);
});

test("an id of another kind is not found", () => {
  expect(() => fromPublicId("inc", toPublicId("proj", newId()))).toThrow(/is no id of the form inc_/);
});

test("keys made later sort later", () => {
  const ids = Array.from({ length: 1000 }, newId);
  expect([...ids].sort()).toEqual(ids);
});
