import {
  actionListSchema,
  approvalListSchema,
  databaseStatsSchema,
  deliveryListSchema,
  dryRunSchema,
  eventDetailSchema,
  executionDetailSchema,
  executionListSchema,
  executionLogListSchema,
  handsOffListSchema,
  integrationDetailSchema,
  integrationEventDetailSchema,
  integrationEventListSchema,
  integrationListSchema,
  integrationTypeListSchema,
  ledgerListSchema,
  operationsSchema,
  readyWorkflowListSchema,
  triggerCountListSchema,
  webhookTriggerListSchema,
  workflowCheckSchema,
  workflowDetailSchema,
  workflowListSchema,
  workflowSecretListSchema,
  workflowUpgradeSchema,
  workflowVersionListSchema,
} from "@culprit/contract";
import * as made from "./fixtures/automation.ts";

/** Whether the fake has workflows, integrations and all they did, or nothing at all. */
export type Automation = "empty" | "full";

const list = (items: readonly unknown[]) => ({ items, next_cursor: null });

/**
 * What the fake answers about workflows, integrations and operations, in the contract's shapes; undefined where it knows
 * nothing. It only reads: what these pages change is tested against the real server.
 */
export function answerAutomation(method: string, path: string, query: URLSearchParams, has: Automation): unknown {
  const some = (items: readonly unknown[]) => list(has === "full" ? items : []);
  const [, area = "", id = "", rest = ""] = /^\/api\/([a-z-]+)(?:\/([^/]+))?(?:\/(.+))?$/.exec(path) ?? [];
  if (`${method} ${path}` === "POST /api/workflows/check") {
    const { definition } = made.workflow();
    return workflowCheckSchema.parse({ is_valid: true, problems: [], definition });
  }
  if (`${method} ${path}` === "POST /api/workflows/dry-run") return dryRunSchema.parse(made.dryRun);
  if (method !== "GET") return undefined;
  switch (`${area}${id ? "/:id" : ""}${rest ? `/${rest}` : ""}`) {
    case "workflows":
      return workflowListSchema.parse(some(made.workflows));
    case "workflows/:id":
      if (id === "ready") return readyWorkflowListSchema.parse(list(made.ready));
      return workflowDetailSchema.parse(made.workflows.find((one) => one.id === id));
    case "workflows/:id/versions": {
      const version = { created_by: "owner", created_at: new Date().toISOString() };
      const versions = [3, 2, 1].map((number) => ({ ...version, version: number, is_current: number === 3 }));
      return workflowVersionListSchema.parse(list(versions));
    }
    case "workflows/:id/upgrade": {
      const same = { kind: "same", text: "name: follow-pull-request", old_line: 1, new_line: 1 };
      const added = { kind: "added", text: "status: active", old_line: null, new_line: 2 };
      const copied = { has_upgrade: true, copied_version: 1, builtin_version: 2 };
      return workflowUpgradeSchema.parse({ ...copied, diff: [same], upstream_diff: [same, added] });
    }
    case "workflows/:id/webhooks": {
      const url = "https://culprit.example.org/hooks/workflows/8f3cb1d2e4";
      const items = [{ trigger_id: "wft_2", is_enabled: true, url, replay_window: 300, has_secret: true }];
      return webhookTriggerListSchema.parse({ items });
    }
    case "workflow-secrets":
      return workflowSecretListSchema.parse(some([made.secret]));
    case "actions":
      return actionListSchema.parse({ ...list(made.actions), control_kinds: ["delay"] });
    case "executions": {
      const workflow = query.get("workflow");
      return executionListSchema.parse(
        some(made.executions.filter((one) => !workflow || one.workflow_id === workflow)),
      );
    }
    case "executions/:id":
      return executionDetailSchema.parse(made.liveExecution);
    case "executions/:id/logs":
      return executionLogListSchema.parse(list(made.logs));
    case "approvals":
      return approvalListSchema.parse(some(query.get("state") === "decided" ? [made.decided] : [made.approval]));
    case "ledger":
      return ledgerListSchema.parse(some(made.ledger));
    case "ledger/:id":
      return triggerCountListSchema.parse({ items: has === "full" ? made.counts : [] });
    case "events/:id":
      return eventDetailSchema.parse(made.event);
    case "integration-types":
      return integrationTypeListSchema.parse(list(made.integrationTypes));
    case "integrations":
      return integrationListSchema.parse(some(made.integrations));
    case "integrations/:id":
      return integrationDetailSchema.parse(made.integrations.find((one) => one.id === id));
    case "integration-events":
      return integrationEventListSchema.parse(some(made.inbox));
    case "integration-events/:id":
      return integrationEventDetailSchema.parse(made.inbox.find((one) => one.id === id));
    case "deliveries": {
      const [through, status] = [query.get("integration"), query.get("status")];
      const matching = [made.called, made.delivery, made.sent].filter(
        (one) => (!through || one.integration_id === through) && (!status || one.status === status),
      );
      return deliveryListSchema.parse(some(matching));
    }
    case "hands-off":
      return handsOffListSchema.parse(some([made.handsOff]));
    case "operations":
      return operationsSchema.parse(
        has === "full"
          ? made.operations
          : { ...made.operations, faults: [], backups: [], last_check: null, schedules: [] },
      );
    case "operations/:id":
      return databaseStatsSchema.parse(made.database);
    default:
      return undefined;
  }
}
