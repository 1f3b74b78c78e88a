// How long a visitor with a slow phone waits, as Chromium itself tells it; printed, not judged.

import { Visitor } from "../support/course.ts";
import { expect, type Page, test } from "../support/fixtures.ts";

/** A phone of the middle class on a slow mobile network, as Lighthouse thinks of one. */
const SLOW = { latency: 150, downloadThroughput: 200 * 1_024, uploadThroughput: 90 * 1_024, offline: false };
const CPU_SLOWER_TIMES = 4;
const RUNS = 5;

type Figures = Record<"firstPaint" | "largestPaint" | "shift" | "blocked" | "ready" | "kilobytes", number>;

test.use({ settings: { GIFCHAT_GRACE: "10m" }, trace: "off" });

/** Notes what Chromium tells of a page from its very beginning. */
async function measure(page: Page, path: string, ready: string): Promise<Figures> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", SLOW);
  await session.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWER_TIMES });
  let bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.addInitScript(() => {
    const seen = { largestPaint: 0, shift: 0, blocked: 0 };
    Object.assign(window, { seen });
    const watch = (type: string, note: (entry: PerformanceEntry & { value?: number }) => void) =>
      new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
    watch("largest-contentful-paint", (entry) => (seen.largestPaint = entry.startTime));
    watch("layout-shift", ({ value }) => (seen.shift += value ?? 0));
    watch("longtask", ({ duration }) => (seen.blocked += Math.max(0, duration - 50)));
  });
  await page.goto(path);
  await expect(page.locator(ready).first()).not.toBeEmpty();
  const told = await page.evaluate(() => ({
    ...(window as unknown as { seen: Pick<Figures, "largestPaint" | "shift" | "blocked"> }).seen,
    firstPaint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
    ready: performance.now(),
  }));
  return { ...told, kilobytes: bytes / 1_000 };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

test("a slow phone opens the lobby and a room", async ({ arrive, server }) => {
  test.setTimeout(300_000);
  const teller = new Visitor(server.url);
  let room = "";
  for (let number = 1; number <= 20; number += 1) {
    room = await teller.makeRoom({ title: `방 ${number}` });
    await teller.chat(room, "안녕하세요");
  }
  for (let number = 1; number <= 99; number += 1) await teller.chat(room, `이야기 ${number}`);
  const pages = { lobby: ["/", "#lobby-title"], room: [`/room/${room}`, ".speaking-as bdi"] } as const;
  for (const [name, [path, ready]] of Object.entries(pages)) {
    const runs: Figures[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const page = await arrive({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
      runs.push(await measure(page, path, ready));
      await page.context().close();
    }
    const of = (figure: keyof Figures, digits = 0): string =>
      median(runs.map((run) => run[figure])).toFixed(digits);
    console.log(
      `${name}: first paint ${of("firstPaint")} ms, largest paint ${of("largestPaint")} ms, ` +
        `layout shift ${of("shift", 3)}, blocked ${of("blocked")} ms, ready ${of("ready")} ms, ` +
        `${of("kilobytes")} kB`,
    );
  }
});
