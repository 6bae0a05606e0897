import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{contract,server,web,evals,bench,scripts,examples,test}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", "**/template/**"],
    globalSetup: ["test/database/global-setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A page on a busy machine is late, not wrong; the default of one second told them apart badly.
    expect: { poll: { timeout: 20_000 } },
    pool: "forks",
    maxWorkers: 2,
    reporters: ["default"],
  },
});
