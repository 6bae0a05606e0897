import { workflowInputSchema } from "@culprit/contract";
import { expect, test } from "vitest";
import { checkInputs } from "./check-inputs.ts";

const input = (parts: object) => workflowInputSchema.parse(parts);
const definition = {
  inputs: {
    days: input({ type: "number", default: 14 }),
    branch: input({ required: true }),
    level: input({ options: ["low", "high"] }),
    labels: input({ type: "array" }),
    note: input({}),
  },
};

test("defaults are filled in and what was given is kept", () => {
  expect(checkInputs(definition, { branch: "main", level: "high", labels: ["a"] })).toEqual({
    ok: true,
    inputs: { days: 14, branch: "main", level: "high", labels: ["a"] },
  });
});

test("every wrong input is named with what it must be", () => {
  const checked = checkInputs(definition, { days: "3", level: "middle", labels: {}, wrong: 1 });
  expect(checked).toEqual({
    ok: false,
    problems: [
      {
        field: "inputs.wrong",
        message: 'The workflow has no input named "wrong"; it has days, branch, level, labels, note.',
      },
      { field: "inputs.days", message: "The input days must be of type number, it is of type string." },
      { field: "inputs.branch", message: "The input branch is missing; it has no default." },
      { field: "inputs.level", message: 'The input level must be one of "low", "high".' },
      { field: "inputs.labels", message: "The input labels must be of type array, it is of type object." },
    ],
  });
});

test("a name of the prototype is no input", () => {
  expect(checkInputs(definition, { branch: "main", ...JSON.parse('{"constructor": 1}') })).toMatchObject({
    ok: false,
    problems: [{ field: "inputs.constructor" }],
  });
});
