// GIFs: sending with progress, the same one again, what is refused, what is shown.

import { expect, test } from "../support/fixtures.ts";
import { gif, noise } from "../support/gif.ts";
import { enterRoom, expectPictures, inRoom, makeRoom, pictures, sendGif } from "../support/room.ts";

test("a GIF that one visitor sends appears for the other", async ({ arrive }) => {
  const [maker, guest] = [await arrive(), await arrive()];
  const room = await makeRoom(maker, { title: "움짤" });
  await enterRoom(guest, room);
  await sendGif(maker, { bytes: gif({ width: 120, height: 80, frames: 4 }) });
  await expectPictures(guest, 1);
  await expectPictures(maker, 1);
  await expect(pictures(guest)).toHaveAttribute("width", "120");
  await expect(pictures(guest)).toHaveAttribute("height", "80");
  await expect(maker.locator("#messages .own img.gif")).toHaveCount(1);
});

test("the same GIF can be sent twice in a row", async ({ arrive }) => {
  const [maker, guest] = [await arrive(), await arrive()];
  const room = await makeRoom(maker, { title: "또 보내기" });
  await enterRoom(guest, room);
  const bytes = gif({ width: 48, height: 48, hue: 20 });
  await sendGif(maker, { bytes });
  await expectPictures(maker, 1);
  await sendGif(maker, { bytes });
  await expectPictures(maker, 2);
  await expectPictures(guest, 2);
  const [first, second] = await pictures(guest).evaluateAll((images) =>
    images.map((image) => image.getAttribute("src")),
  );
  expect(second).toBe(first);
});

test("an upload over a slow network shows its progress", async ({ arrive }) => {
  const page = await arrive();
  await makeRoom(page, { title: "느린 길" });
  const session = await page.context().newCDPSession(page);
  const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 400_000 };
  await session.send("Network.emulateNetworkConditions", slow);
  await sendGif(page, { bytes: noise(800) });
  const progress = page.getByRole("progressbar");
  await expect(progress).toBeVisible();
  await expect(page.locator("#pending img.gif")).toBeVisible();
  await expect
    .poll(async () => Number(await progress.getAttribute("value")), { intervals: [50] })
    .toBeGreaterThan(5);
  await expect(page.locator("#pending .state")).toHaveText(/^GIF 올리는 중 \d+%$/);
  await session.send("Network.emulateNetworkConditions", { ...slow, uploadThroughput: -1 });
  await expectPictures(page, 1);
});

test("an upload that is cancelled leaves nothing in the room", async ({ arrive }) => {
  const [maker, guest] = [await arrive(), await arrive()];
  const room = await makeRoom(maker, { title: "취소" });
  await enterRoom(guest, room);
  const session = await maker.context().newCDPSession(maker);
  const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 100_000 };
  await session.send("Network.emulateNetworkConditions", slow);
  await sendGif(maker, { bytes: noise(800) });
  await maker.getByRole("button", { name: "취소" }).click();
  await expect(maker.locator("#pending > li")).toHaveCount(0);
  await session.send("Network.emulateNetworkConditions", { ...slow, uploadThroughput: -1 });
  await sendGif(maker, { bytes: gif({ width: 32, height: 32 }) });
  await expectPictures(maker, 1);
  await expectPictures(guest, 1);
});

test("what is no GIF is refused before it is sent, with the reason", async ({ arrive }) => {
  const page = await arrive();
  await makeRoom(page, { title: "가짜" });
  const uploads: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/gif")) uploads.push(request.url());
  });
  await sendGif(page, { bytes: Buffer.from("<h1>evil</h1>"), name: "evil.gif" });
  await expect(page.getByRole("alert")).toHaveText("GIF 파일이 아닙니다. GIF 파일을 골라 주십시오.");
  expect(uploads).toEqual([]);
});

test("a damaged GIF is refused by the server, with the reason", async ({ arrive, watch }) => {
  watch.expect(/status of 422/);
  const page = await arrive();
  await makeRoom(page, { title: "끊긴 파일" });
  const whole = gif({ width: 64, height: 64 });
  await sendGif(page, { bytes: whole.subarray(0, whole.length - 200) });
  await expect(page.getByRole("alert")).toContainText("GIF 파일이 중간에 끊겨 있습니다.");
  await page.getByRole("button", { name: "지우기" }).click();
  await expect(page.locator("#pending > li")).toHaveCount(0);
  await expect(pictures(page)).toHaveCount(0);
});

test("nothing jumps when a room with GIFs is opened", async ({ arrive }) => {
  const page = await arrive();
  await makeRoom(page, { title: "가만히" });
  for (const [index, height] of [90, 240, 160].entries()) {
    await sendGif(page, { bytes: gif({ width: 200, height, hue: index * 90 }) });
    await expectPictures(page, index + 1);
  }
  await page.addInitScript(() => {
    const shifts = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value } = entry as PerformanceEntry & { value: number };
        const { dataset } = document.documentElement;
        dataset["shift"] = String(Number(dataset["shift"] ?? 0) + value);
      }
    });
    shifts.observe({ type: "layout-shift", buffered: true });
  });
  await page.reload();
  await inRoom(page);
  await expectPictures(page, 3);
  const unsized = page.locator("img:not([width]), img:not([height])");
  await expect(unsized).toHaveCount(0);
  const shift = await page.evaluate(() => Number(document.documentElement.dataset["shift"] ?? 0));
  expect(shift).toBeLessThan(0.01);
});
