// Browser and client tests against the release binary, in Debian's Chromium.

import { existsSync } from "node:fs";

import { defineConfig } from "@playwright/test";

// The same engine without the window around it, which costs about a third of the time.
const HEADLESS = "/usr/bin/chromium-headless-shell";
const CHROMIUM = existsSync(HEADLESS) ? HEADLESS : "/usr/bin/chromium";

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
    // `--trace retain-on-failure` tells more of a failure, and slows every test down.
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? CHROMIUM,
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
