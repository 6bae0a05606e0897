export {
  type CallbackResult,
  carryOutCallback,
  describeCallback,
} from "./callbacks/carry-out-callback.ts";
export { addCommenter } from "./comment-filter/add-commenter.ts";
export { changeCommentFilter, loadCommentFilter } from "./comment-filter/change-comment-filter.ts";
export { type Heard, judgeCommenter } from "./comment-filter/comment-filter.ts";
export type * from "./forge-port.ts";
export {
  connectInstallation,
  type InstallationToConnect,
  refuseForeignInstallation,
} from "./github-app/connect-installation.ts";
export {
  type GitHubAppFacts,
  type GitHubAppSecrets,
  hasGitHubApp,
  listGitHubApps,
  openGitHubApp,
  openGitHubAppFor,
  storeGitHubApp,
} from "./github-app/github-app.ts";
export { receiveAppDelivery } from "./github-app/receive-app-delivery.ts";
export {
  clearHandsOff,
  type HandsOffScope,
  isHandsOff,
  listHandsOff,
  setHandsOff,
} from "./hands-off/hands-off.ts";
export { askIntegration, checkIntegration, checkIntegrations } from "./health/check-integrations.ts";
export { findHooks } from "./inbox/find-hook.ts";
export { InboundLimit } from "./inbox/inbound-limit.ts";
export { InboxWorker } from "./inbox/inbox-worker.ts";
export { listIntegrationEvents, loadIntegrationEvent } from "./inbox/list-integration-events.ts";
export { processInbox } from "./inbox/process-inbox.ts";
export { admitDelivery, type Received, receiveDelivery } from "./inbox/receive-delivery.ts";
export { replayIntegrationEvent } from "./inbox/replay-integration-event.ts";
export type { IntegrationServices } from "./integration-services.ts";
export { createIntegration, type NewIntegration } from "./manage/create-integration.ts";
export { deleteIntegration } from "./manage/delete-integration.ts";
export { describeTypes } from "./manage/describe-types.ts";
export { listIntegrations, loadIntegration } from "./manage/load-integration.ts";
export { type OpenedIntegration, openConnection } from "./manage/open-connection.ts";
export { type RotatedSecrets, rotateSecrets } from "./manage/rotate-secrets.ts";
export { type IntegrationChange, updateIntegration } from "./manage/update-integration.ts";
export { type Button, type ButtonVerb, buttonVerbs, type Message } from "./message.ts";
export { chooseTargets, type Target } from "./outgoing/choose-targets.ts";
export { commentTicket, createTicket } from "./outgoing/create-ticket.ts";
export {
  type DeliveredMessage,
  deliverMessage,
  type EffectMaker,
  type MessageToDeliver,
} from "./outgoing/deliver-message.ts";
export { listDeliveries, loadDelivery } from "./outgoing/list-deliveries.ts";
export { messageOfIncident } from "./outgoing/message-of-incident.ts";
export * from "./provider-port.ts";
export * from "./pull-request-forge-port.ts";
