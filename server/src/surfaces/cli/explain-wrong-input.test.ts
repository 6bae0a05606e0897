import { expect, test } from "vitest";
import { z } from "zod";
import { explainWrongInput } from "./explain-wrong-input.ts";

const command = {
  name: "thing set",
  flags: {
    reason: { type: "string", doc: "" },
    interval: { type: "string", doc: "" },
    settings: { type: "string", doc: "" },
  },
  positionals: ["NAME", "[URL]"],
} as const;
const schema = z.strictObject({
  name: z.string().regex(/^[a-z]+$/, "must hold small letters only"),
  url: z.url().optional(),
  interval_s: z.number().min(5).optional(),
  settings: z.strictObject({ ratio: z.number().max(1).optional() }).optional(),
  mode: z.enum(["on", "off"]).optional(),
  reason: z.string().min(1),
});

test.each([
  [{ name: "a" }, {}, ["a"], "--reason is missing: say --reason VALUE."],
  [{ name: "A", reason: "x" }, {}, ["A"], 'NAME must hold small letters only; it is "A".'],
  [{ name: "a", url: "x", reason: "x" }, {}, ["a", "x"], /^\[URL\] must be an address, as .*; it is "x"\./],
  [{ name: "a", reason: "x", interval_s: 1 }, { interval: "1" }, ["a"], '--interval must be at least 5; it is "1".'],
  [
    { name: "a", reason: "x", interval_s: Number.NaN },
    { interval: "soon" },
    ["a"],
    '--interval must be a number; it is "soon".',
  ],
  [
    { name: "a", reason: "x", settings: { ratio: 2 } },
    { settings: "{}" },
    ["a"],
    "--settings.ratio must be at most 1.",
  ],
  [
    { name: "a", reason: "x", settings: { rato: 1 } },
    {},
    ["a"],
    '--settings has unknown key "rato"; did you mean ratio? It takes ratio.',
  ],
  [{ name: "a", reason: "x", mode: "up" }, {}, ["a"], "mode must be one of on, off."],
  [{ name: "a", reason: "" }, { reason: "" }, ["a"], '--reason must not be empty; it is "".'],
])(
  "what was typed wrongly is named as it was typed, with its value, the reason and where help is: %#",
  (input, flags, words, message) => {
    const { error } = schema.safeParse(input);
    if (error === undefined) throw new Error("this was to be wrong");
    const explained = explainWrongInput(error, command, { flags, words });
    expect(explained.code).toBe("INVALID_REQUEST");
    expect(explained.message).toMatch(message);
    expect(explained.message).toMatch(/See culprit thing set --help\.$/);
  },
);
