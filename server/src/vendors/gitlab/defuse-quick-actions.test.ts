import { expect, test } from "vitest";
import { defuseQuickActions } from "./defuse-quick-actions.ts";

test("no line begins with an order, wherever the text came from; paths inside a line stay as they are", () => {
  const hostile = "It fails.\n/merge\n  /close\n\t/Assign @root\r\n> /approve\nat /srv/app.js\n1 / 2";
  const defused = defuseQuickActions(hostile);
  expect(defused).not.toMatch(/^[\s>]*\/\w/m);
  expect(defused.replaceAll("\u2060", "")).toBe(hostile);
  expect(defused).toContain("\nat /srv/app.js\n1 / 2");
});
