import { existsSync, readFileSync } from "node:fs";

const folder = new URL("../config/", import.meta.url);

/** Variables that win over the files, and the setting each one sets. */
const variables = {
  PORT: ["port"],
  SHOP_CURRENCY: ["orders", "currency"],
  SHOP_DEFAULT_ZONE: ["shipping", "defaultZone"],
  SHOP_TIME_ZONE: ["reports", "timeZone"],
  SHOP_HOME_REGION: ["tax", "homeRegion"],
  SHOP_PAYMENTS_URL: ["payments", "url"],
};

function readSettings(name) {
  const file = new URL(`${name}.json`, folder);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}

/** The settings of this process: default file, then the file of the environment, then variables. */
export function loadConfig(env = process.env) {
  const config = readSettings("default");
  for (const [section, values] of Object.entries(readSettings(env.NODE_ENV ?? "development"))) {
    config[section] = typeof values === "object" ? { ...config[section], ...values } : values;
  }
  for (const [name, path] of Object.entries(variables)) {
    if (env[name] === undefined) continue;
    const key = path[path.length - 1];
    const target = path.length > 1 ? config[path[0]] : config;
    target[key] = typeof target[key] === "number" ? Number(env[name]) : env[name];
  }
  return config;
}
