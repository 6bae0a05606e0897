import type { CommandArea } from "../help-text.ts";
import { archive, archiveRestore } from "./archive.ts";
import { autopsy } from "./autopsy.ts";
import { backup } from "./backup.ts";
import { blame } from "./blame.ts";
import { dbGrantReadonly, dbMaintain, dbStats, dbVacuum } from "./db.ts";
import { dbCheck } from "./db-check.ts";
import { detectorList, detectorSet } from "./detector.ts";
import { diagnose } from "./diagnose.ts";
import { enginesRebuild, enginesStatus } from "./engines.ts";
import { enginesCopy } from "./engines-copy.ts";
import { eventList } from "./event-list.ts";
import { eventReplay } from "./event-replay.ts";
import { exportCommand } from "./export.ts";
import { fix } from "./fix.ts";
import { gateApprove, gateList, gateSuppress, gateSuppressed, gateTry, gateUse, gateWrite } from "./gate.ts";
import { handsOffOff, handsOffOn, handsOffStatus } from "./hands-off.ts";
import { incidentList } from "./incident-list.ts";
import {
  integrationAdd,
  integrationCheck,
  integrationList,
  integrationRemove,
  integrationReplay,
  integrationTypes,
} from "./integration.ts";
import { loginLink } from "./login-link.ts";
import { maintenanceEnd, maintenanceList, maintenanceStart } from "./maintenance.ts";
import { migrateDownCommand, migrateNew, migrateStatus, migrateUpCommand } from "./migrate.ts";
import { prOpen, prSettings, prShow } from "./pr.ts";
import { projectCreate, projectList, projectSet } from "./project.ts";
import { replay } from "./replay.ts";
import { restore } from "./restore.ts";
import { runbookAdd, runbookList, runbookSync } from "./runbook.ts";
import { scrapeAdd, scrapeList, scrapeRemove } from "./scrape.ts";
import { secretRotate } from "./secret-rotate.ts";
import { start } from "./start.ts";
import { stats } from "./stats.ts";
import { status } from "./status.ts";
import { templates } from "./templates.ts";
import { topology } from "./topology.ts";
import { dbWalArchive } from "./wal-archive.ts";
import { workflowApply } from "./workflow-apply.ts";
import { workflowCancel } from "./workflow-cancel.ts";
import { workflowDryRun } from "./workflow-dry-run.ts";
import { workflowList } from "./workflow-list.ts";
import { workflowLogs } from "./workflow-logs.ts";
import { workflowReplay } from "./workflow-replay.ts";
import { workflowRun } from "./workflow-run.ts";
import { workflowShow } from "./workflow-show.ts";
import { workflowSync } from "./workflow-sync.ts";
import { workflowValidate } from "./workflow-validate.ts";

/** Every command, by what it is for, in the order of the help. */
export const areas: readonly CommandArea[] = [
  { title: "Begin", commands: [start, status, loginLink, projectCreate, projectList, projectSet] },
  { title: "Find the cause, without a server", commands: [blame, diagnose, templates] },
  {
    title: "Incidents: what is looked for, and what is looked into",
    commands: [
      ...[incidentList, detectorList, detectorSet],
      ...[gateList, gateTry, gateWrite, gateUse, gateSuppressed, gateApprove, gateSuppress],
      autopsy,
      ...[maintenanceStart, maintenanceList, maintenanceEnd, topology, replay, exportCommand, fix, stats],
      ...[prShow, prSettings, prOpen],
    ],
  },
  {
    title: "Workflows and what goes out",
    commands: [
      ...[workflowValidate, workflowDryRun, workflowApply, workflowSync, workflowList, workflowShow],
      ...[workflowRun, workflowLogs, workflowReplay, workflowCancel, eventList, eventReplay],
      ...[integrationTypes, integrationList, integrationAdd, integrationCheck, integrationRemove, integrationReplay],
      ...[handsOffOn, handsOffOff, handsOffStatus],
    ],
  },
  {
    title: "What Culprit reads",
    commands: [scrapeAdd, scrapeList, scrapeRemove, runbookAdd, runbookList, runbookSync],
  },
  {
    title: "Run it",
    commands: [
      ...[enginesStatus, enginesRebuild, enginesCopy, secretRotate],
      ...[migrateStatus, migrateUpCommand, migrateDownCommand, migrateNew],
      ...[
        dbStats,
        dbCheck,
        dbMaintain,
        dbVacuum,
        dbGrantReadonly,
        dbWalArchive,
        archive,
        archiveRestore,
        backup,
        restore,
      ],
    ],
  },
];

export const commands = areas.flatMap((area) => area.commands);
