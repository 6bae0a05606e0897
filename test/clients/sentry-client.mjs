// A program as a user of Sentry's SDK writes it: nothing in it knows Culprit but the DSN.
import * as Sentry from "@sentry/node";

Sentry.init({
  dsn: process.env.SENTRY_DSN,
  tunnel: process.env.SENTRY_TUNNEL,
  release: "shop@1.2.3",
  environment: "production",
  tracesSampleRate: 1,
});

function totalOf(cart) {
  return cart.items.length;
}

Sentry.startSpan({ name: "GET /cart" }, () => {
  try {
    totalOf({});
  } catch (error) {
    Sentry.captureException(error, { extra: { password: "hunter2secret" } });
  }
});
Sentry.captureMessage("only information", "info");
const isSent = await Sentry.flush(5000);
process.exit(isSent ? 0 : 1);
