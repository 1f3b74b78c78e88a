// What a visit costs before anybody has done anything: scripts and styles of the lobby and of a room.

import { expect, type Page, test } from "../support/fixtures.ts";
import { makeRoom } from "../support/room.ts";

/** Kilobytes of gzip, the official Socket.IO client included. */
const SCRIPT_KB_MAX = 60;
const STYLE_KB_MAX = 12;

/** Notes the scripts and styles that a page asks for from now on. */
function watchFiles(page: Page): Set<string> {
  const files = new Set<string>();
  page.on("request", (request) => {
    if (["script", "stylesheet"].includes(request.resourceType())) files.add(request.url());
  });
  return files;
}

/** As it travels; the smallest files travel as they are. */
async function gzippedBytes(address: string): Promise<number> {
  const answer = await fetch(address, { headers: { "Accept-Encoding": "gzip" } });
  const bytes = Number(answer.headers.get("Content-Length"));
  expect(bytes, address).toBeGreaterThan(0);
  if (bytes > 1_024) expect(answer.headers.get("Content-Encoding"), address).toBe("gzip");
  return bytes;
}

test("lobby and room together load less than 60 kB of script", async ({ arrive }, testInfo) => {
  const page = await arrive();
  const files = watchFiles(page);
  await page.goto("/");
  await expect(page.locator("#no-rooms")).toBeVisible();
  await makeRoom(page, { title: "가벼운 방" });
  const weights = new Map<string, number>();
  for (const file of files) weights.set(new URL(file).pathname, await gzippedBytes(file));
  const report = [...weights].map(([name, bytes]) => `${(bytes / 1_000).toFixed(1)} kB ${name}`);
  await testInfo.attach("weights", { body: report.join("\n"), contentType: "text/plain" });
  const sum = (ending: string): number =>
    [...weights].filter(([name]) => name.endsWith(ending)).reduce((all, [, bytes]) => all + bytes, 0);
  expect(sum(".js"), report.join("\n")).toBeGreaterThan(20_000);
  expect(sum(".js"), report.join("\n")).toBeLessThan(SCRIPT_KB_MAX * 1_000);
  expect(sum(".css"), report.join("\n")).toBeLessThan(STYLE_KB_MAX * 1_000);
});
