import type { Step, Trigger, WorkflowDefinition } from "@culprit/contract";
import { isRecord, type Json } from "./sugar.ts";

/** A row of `workflow_actions`. */
export interface ActionRow {
  readonly action_type: string;
  readonly action_name: string;
  readonly config: Json;
  readonly order_index: number;
  readonly conditions: unknown;
  readonly step_id: string;
  readonly options: Json;
}

/** A row of `workflow_triggers`. */
export interface TriggerRow {
  readonly trigger_type: Trigger["type"];
  readonly conditions: Json;
}

/** A definition as the rows of document 3. `on_failure`, inputs and outputs are in the version alone. */
export function toRows(definition: WorkflowDefinition): {
  readonly actions: readonly ActionRow[];
  readonly triggers: readonly TriggerRow[];
} {
  return { actions: definition.steps.map(toActionRow), triggers: definition.triggers.map(toTriggerRow) };
}

function toActionRow(step: Step, index: number): ActionRow {
  const { id, name, uses, with: config, if: condition, continue_on_error, retry_policy, timeout, steps } = step;
  return {
    action_type: uses,
    action_name: name ?? id,
    config: config ?? {},
    order_index: index,
    conditions: typeof condition === "string" ? { if: condition } : (condition ?? null),
    step_id: id,
    options: dropUndefined({ continue_on_error, retry_policy, timeout, steps }),
  };
}

export function toTriggerRow({ type, ...conditions }: Trigger): TriggerRow {
  return { trigger_type: type, conditions: dropUndefined(conditions) };
}

function dropUndefined(value: Json): Json {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
}

/** Whether a definition comes as document 3's rows: `{name, config, actions: […], triggers: […]}`. */
export function isInRows(value: Json): boolean {
  return Array.isArray(value.actions) && value.steps === undefined;
}

/** Rows as a file: what each lacks is left to the checks. */
export function definitionFromRows(value: Json): Json {
  const { actions, triggers, ...rest } = value;
  const ordered = (Array.isArray(actions) ? actions : []).map((row: unknown) => (isRecord(row) ? row : {}));
  ordered.sort((a, b) => Number(a.order_index ?? 0) - Number(b.order_index ?? 0));
  return {
    ...rest,
    steps: ordered.map(({ action_type, action_name, config, conditions, step_id, options }) => ({
      ...(step_id === undefined || step_id === null ? {} : { id: step_id }),
      name: action_name,
      uses: action_type,
      with: config ?? {},
      ...(conditions === undefined || conditions === null ? {} : { if: conditions }),
      ...(isRecord(options) ? options : {}),
    })),
    triggers: (Array.isArray(triggers) ? triggers : []).flatMap((row: unknown) =>
      isRecord(row) && row.enabled !== false
        ? [
            {
              type: row.trigger_type,
              ...conditionsOf(row.trigger_type, isRecord(row.conditions) ? row.conditions : {}),
            },
          ]
        : [],
    ),
  };
}

/** Document 3 writes one event: `{"event": "pull_request.opened"}`. */
function conditionsOf(type: unknown, { event, ...conditions }: Json): Json {
  if (event === undefined) return conditions;
  return type === "event" && conditions.events === undefined
    ? { events: [event], ...conditions }
    : { event, ...conditions };
}
