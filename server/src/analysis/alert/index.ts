export { type AlertReceipt, signalOfAlert } from "./signal-of-alert.ts";
