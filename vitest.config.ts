import { defineConfig } from "vitest/config";

const all = {
  setupFiles: ["test/property-seed.ts"],
  testTimeout: 30_000,
  hookTimeout: 60_000,
  // A machine that is busy with something else is no failure.
  expect: { poll: { timeout: 15_000 } },
};

/** What touches the database runs on both kinds; `--project main` leaves PostgreSQL out. */
const postgresFiles = [
  "src/identity/*.test.ts",
  "src/objects/**/*.test.ts",
  "src/processes/*.test.ts",
  "test/conformance/postgres.test.ts",
  "test/postgres/*.test.ts",
];

export default defineConfig({
  test: {
    // Two cores: more workers only take turns.
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...all,
          name: "main",
          include: ["src/**/*.test.ts", "test/**/*.test.ts"],
          exclude: ["test/conformance/postgres.test.ts", "test/postgres/**", "**/node_modules/**"],
        },
      },
      {
        test: {
          ...all,
          name: "postgres",
          include: postgresFiles,
          // Every statement is a message there and back.
          testTimeout: 60_000,
          globalSetup: ["test/fixtures/one-postgres.ts"],
          setupFiles: ["test/fixtures/use-postgres.ts"],
        },
      },
    ],
  },
});
