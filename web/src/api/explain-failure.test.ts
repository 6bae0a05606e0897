import { expect, test } from "vitest";
import { explainFailure } from "./explain-failure.ts";

test("the server's own remedy comes first, the contract's for the code where it gave none", () => {
  const own = { error: { code: "CONFLICT", message: "It is resolved.", details: { remedy: "Reopen it." } } };
  expect(explainFailure(409, own)).toMatchObject({ status: 409, message: "It is resolved.", remedy: "Reopen it." });
  const bare = { error: { code: "NOT_FOUND", message: "No incident inc_1." } };
  expect(explainFailure(404, bare).remedy).toBe("Check the id or the name, and the project.");
});

test.each([[null], ["<html>"], [{ error: "no" }], [{}]])(
  "an answer of another shape (%j) is still explained",
  (body) => {
    const failure = explainFailure(502, body);
    expect(failure.message).toContain("502");
    expect(failure.remedy).not.toBeNull();
  },
);

test("a code of a newer server keeps its message and has no invented remedy", () => {
  const failure = explainFailure(418, { error: { code: "toString", message: "New." } });
  expect(failure).toMatchObject({ message: "New.", remedy: null });
});
