import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    setupFiles: ["test/property-seed.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A machine that is busy with something else is no failure.
    expect: { poll: { timeout: 15_000 } },
    // Two cores: more workers only take turns.
    maxWorkers: 2,
  },
});
