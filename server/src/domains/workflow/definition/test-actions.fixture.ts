import { z } from "zod";
import { defineAction } from "../action.ts";
import type { ActionTypes } from "./action-types.ts";

const action = defineAction<unknown>();

/** A few actions with the shapes that checks meet: literals of many types, outputs with and without known keys. */
const all = [
  action({
    name: "notify",
    title: "Notify",
    summary: "Tells somebody.",
    group: "people",
    input: z.object({ to: z.array(z.string()).min(1), text: z.string().max(4000), urgent: z.boolean().default(false) }),
    output: z.object({ deliveries: z.array(z.string()) }),
    repeat: "lookup",
    run: async () => ({ deliveries: [] }),
  }),
  action({
    name: "label_by_size",
    title: "Label by size",
    summary: "Says how large a change is.",
    group: "pull_request",
    input: z.object({ pull_request: z.number().int().optional() }),
    output: z.object({ size_label: z.string(), lines_changed: z.number() }),
    repeat: "none",
    run: async () => ({ size_label: "S", lines_changed: 1 }),
  }),
  action({
    name: "http_request",
    title: "HTTP request",
    summary: "Calls an address.",
    group: "data",
    input: z.object({
      url: z.url(),
      headers: z.record(z.string(), z.string()).default({}),
      body: z.unknown().optional(),
    }),
    output: z.object({ status: z.number(), body: z.unknown() }),
    repeat: "atMostOnce",
    run: async () => ({ status: 200, body: null }),
  }),
];

export const testActions: ActionTypes = new Map(all.map((one) => [one.name, one]));
