import { checkIntegrations, InboxWorker, type IntegrationServices } from "../../domains/integration/index.ts";

/** How often it is looked whose check is due; each integration is checked every five minutes. */
const LOOK_MS = 10_000;

/** Works on what vendors send, and checks how the integrations are, until the returned function is called. */
export async function workAtIntegrations(services: IntegrationServices): Promise<() => Promise<void>> {
  const inbox = new InboxWorker(services);
  await inbox.start();
  let checking: Promise<void> = Promise.resolve();
  const look = () => {
    checking = checking
      .then(() => checkIntegrations(services))
      .then(
        () => undefined,
        (err: unknown) => services.log.warn({ err }, "checking integrations failed and will be tried again"),
      );
  };
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await inbox.stop();
    await checking;
  };
}
