// The lobby is there before its script, and without it.

import { expect, type Page, test } from "../support/fixtures.ts";
import { lobbyLine, makeRoom } from "../support/room.ts";

const SCRIPTS = /\.js(\?|$)/;

async function hasPainted(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const paints = performance.getEntriesByType("paint");
    return paints.some(({ name }) => name === "first-contentful-paint");
  });
}

async function expectRoomPainted(page: Page): Promise<void> {
  const line = lobbyLine(page, "먼저 보이는 방");
  await expect(line).toBeInViewport();
  await expect(line.locator("[data-slot=seats]")).toHaveText("1 / 10");
  await expect(line.getByRole("link", { name: "입장" })).toBeVisible();
  await expect.poll(() => hasPainted(page)).toBe(true);
}

test("rooms are painted although no script ever comes", async ({ arrive, watch }) => {
  watch.expect(/net::ERR_FAILED/);
  const [page, maker] = [await arrive(), await arrive()];
  await makeRoom(maker, { title: "먼저 보이는 방" });
  await page.route(SCRIPTS, (route) => route.abort());
  await page.goto("/");
  await expectRoomPainted(page);
});

test("rooms are painted while the scripts are still on their way", async ({ arrive }) => {
  const [page, maker] = [await arrive(), await arrive()];
  await makeRoom(maker, { title: "먼저 보이는 방" });
  let letThrough = (): void => undefined;
  const allowed = new Promise<void>((resolve) => (letThrough = resolve));
  let asked = 0;
  await page.route(SCRIPTS, async (route) => {
    asked += 1;
    await allowed;
    await route.continue();
  });
  await page.goto("/", { waitUntil: "commit" });
  await expectRoomPainted(page);
  expect(asked, "scripts that are waited for").toBeGreaterThan(0);
  const jumps = await page.evaluateHandle(() => {
    const shifts: number[] = [];
    const note = (list: PerformanceObserverEntryList): void => {
      for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
    };
    new PerformanceObserver(note).observe({ type: "layout-shift", buffered: true });
    return shifts;
  });
  const socket = page.waitForEvent("websocket");
  letThrough();
  await socket;
  await maker.locator("#leave").click();
  await expect(lobbyLine(page, "먼저 보이는 방").locator("[data-slot=seats]")).toHaveText("0 / 10");
  expect((await jumps.jsonValue()).reduce((sum, shift) => sum + shift, 0)).toBeLessThan(0.1);
});
