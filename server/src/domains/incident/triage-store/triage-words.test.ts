import { type IncidentStatus, incidentStatuses, triageStatuses } from "@culprit/contract";
import { expect, test } from "vitest";
import { sourcesOf } from "../status.ts";
import { movesTo, statusesOf, toTriageStatus } from "./triage-words.ts";

test("every way to a word is a chain of moves that the machine allows, and ends at a state of that word", () => {
  for (const from of incidentStatuses) {
    for (const word of triageStatuses) {
      const moves = movesTo(from, word);
      if (moves === null) continue;
      let at: IncidentStatus = from;
      for (const to of moves) {
        expect(sourcesOf(to)).toContain(at);
        at = to;
      }
      expect(toTriageStatus(at)).toBe(word);
    }
  }
});

test("a word moves nothing where it holds already, and every state has exactly one word", () => {
  for (const status of incidentStatuses) expect(movesTo(status, toTriageStatus(status))).toEqual([]);
  expect(triageStatuses.flatMap((word) => statusesOf([word])).toSorted()).toEqual([...incidentStatuses].toSorted());
});

test("what ended is not made pending again, what is resolved not investigated, and a success not made a failure", () => {
  for (const from of ["diagnosed", "failed", "agent_failed", "resolved"] as const)
    expect(movesTo(from, "pending")).toBeNull();
  expect(movesTo("resolved", "investigating")).toBeNull();
  expect(movesTo("diagnosed", "failed")).toBeNull();
  expect(movesTo("failed", "investigating")).toEqual(["triaged", "investigating"]);
  expect(movesTo("open", "agent_failed")).toEqual(["triaged", "agent_failed"]);
});
