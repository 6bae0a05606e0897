import { changedKey, helperShape, renamedField, validationRemoved, wrongUnit } from "./faults/bad-release-elsewhere.ts";
import { awaitRemoved, defaultDropped, emptyList, missingNullCase } from "./faults/bad-release-inside.ts";
import { type DependencyFault, dependencyFaults } from "./faults/dependencies.ts";
import type { Change, Fault, ShopRequest } from "./faults/fault.ts";
import { type Outage, outages } from "./faults/outages.ts";
import { settingFaults } from "./faults/settings.ts";
import type { Random } from "./random.ts";

export const caseNames = ["bad-release", "config", "dependency", "healthy", "red-herring"] as const;
export type CaseName = (typeof caseNames)[number];

/** Every fault that a bad release can hold. */
export const releaseFaults: readonly [Fault, ...Fault[]] = [
  missingNullCase,
  renamedField,
  awaitRemoved,
  emptyList,
  validationRemoved,
  defaultDropped,
  helperShape,
  wrongUnit,
  changedKey,
];

/** A setting of the running service that somebody changes outside the repository, and tells Culprit about. */
export interface SettingChange {
  readonly variable: string;
  readonly oldValue: string;
  readonly newValue: string;
}

/** What happens to one shop: what breaks it, when, and what lies around it in its history. */
export interface Episode {
  readonly caseName: CaseName;
  readonly faultId: string;
  /** The guilty commit; null where no commit is to blame. A dependency's bump is made from `bump`. */
  readonly guilty: Change | null;
  readonly bump: Pick<DependencyFault, "packageName" | "vendored"> | null;
  readonly setting: SettingChange | null;
  readonly outage: Outage["id"] | null;
  /** A harmless commit where the failure shows; it comes after the guilty one. */
  readonly innocent: Change;
  readonly near: Fault;
  readonly failing: readonly ShopRequest[];
  readonly thrownAt: Fault["thrownAt"] | null;
  /** True when the guilty commit did not touch the line that throws. */
  readonly isFailingLineOlder: boolean;
}

const nothing = {
  guilty: null,
  bump: null,
  setting: null,
  outage: null,
  thrownAt: null,
  isFailingLineOlder: true,
} as const;

/** Chooses what happens. Neighbouring seeds get different faults, so that ten seeds in a row show them all. */
export function chooseEpisode(caseName: CaseName, seed: number, random: Random): Episode {
  const turn = Math.abs(Math.trunc(seed));
  switch (caseName) {
    case "bad-release": {
      const fault = turnOf(releaseFaults, turn);
      const { innocent, failing, thrownAt, isFailingLineOlder } = fault;
      const guilty = { message: random.pick(fault.messages), edits: fault.edits };
      return {
        ...nothing,
        caseName,
        faultId: fault.id,
        guilty,
        innocent,
        near: fault,
        failing,
        thrownAt,
        isFailingLineOlder,
      };
    }
    case "config":
      return turn % 2 === 0 ? configInRepository(turn >> 1) : configFromOutside(turn >> 1);
    case "dependency": {
      const fault = turnOf(dependencyFaults, turn);
      const { near, failing } = fault;
      return { ...nothing, caseName, faultId: fault.id, bump: fault, innocent: near.innocent, near, failing };
    }
    case "healthy": {
      const near = random.pick(releaseFaults);
      return { ...nothing, caseName, faultId: "none", innocent: near.innocent, near, failing: [] };
    }
    case "red-herring": {
      const outage = turnOf(outages, turn);
      const { near, failing, tempting } = outage;
      return { ...nothing, caseName, faultId: outage.id, outage: outage.id, innocent: tempting, near, failing };
    }
  }
}

function configInRepository(turn: number): Episode {
  const fault = turnOf(settingFaults, turn);
  const { near, failing, message, inFile } = fault;
  const guilty: Change = { message, edits: [{ file: "config/production.json", ...inFile }] };
  return { ...nothing, caseName: "config", faultId: fault.id, guilty, innocent: near.innocent, near, failing };
}

function configFromOutside(turn: number): Episode {
  const settable = settingFaults.filter((fault) => fault.variable !== null);
  const fault = turnOf(settable, turn);
  if (fault.variable === null) throw new Error(`${fault.id} cannot be set from outside`);
  const { near, failing, variable } = fault;
  const setting = { variable: variable.name, oldValue: variable.oldValue, newValue: variable.newValue };
  return {
    ...nothing,
    caseName: "config",
    faultId: `${fault.id}-outside`,
    setting,
    innocent: near.innocent,
    near,
    failing,
  };
}

function turnOf<T>(items: readonly T[], turn: number): T {
  const item = items[turn % items.length];
  if (item === undefined) throw new RangeError("nothing to take turns with");
  return item;
}
