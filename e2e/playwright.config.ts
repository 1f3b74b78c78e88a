// Browser and client tests against the release binary, in Debian's Chromium.

import { defineConfig } from "@playwright/test";

export default defineConfig({
  outputDir: "results/failures",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  reporter: [["list"], ["json", { outputFile: "results/report.json" }]],
  use: {
    browserName: "chromium",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
        "--no-first-run",
      ],
    },
  },
  projects: [
    { name: "tests", testDir: "tests" },
    { name: "figures", testDir: "figures" },
    { name: "screenshots", testDir: "screenshots", timeout: 120_000 },
  ],
});
