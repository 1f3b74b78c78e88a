// The lessons in a browser: what their pages show, what the servers log, and what goes over the wire.

import type { Locator, Page } from "@playwright/test";

import { expectAccessible } from "../support/accessible.ts";
import { UNREACHABLE } from "../support/fixtures.ts";
import { expect, test } from "../support/lessons.ts";
import { Link } from "../support/link.ts";

const LINE = "서버에서 클라이언트로 메시지를 보냅니다.";
const ANSWER = "클라이언트에서 서버로 답장을 보냅니다.";

const log = (page: Page): Locator => page.getByRole("log").locator("p");

for (const name of ["websocket", "server_sent_events", "socket_io"] as const) {
  test.describe(`the page of ${name}`, () => {
    test.use({ name, viewport: { width: 360, height: 740 } });

    test("can be read by everybody, on a phone, in light and dark", async ({ page }) => {
      await page.goto("/");
      await expect(page.locator("html")).toHaveAttribute("lang", "ko");
      await expect(log(page).first()).toBeVisible();
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await expectAccessible(page, `${name} in ${colorScheme}`);
      }
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(360);
    });
  });
}

test.describe("WebSocket", () => {
  test.use({ name: "websocket" });

  test("lines come, are answered, and stop when the page closes its socket", async ({ page, lesson }) => {
    const printed: string[] = [];
    page.on("console", (message) => printed.push(message.text()));
    await page.goto("/");
    await expect(log(page)).toHaveText([`받음: ${LINE}`, `보냄: ${ANSWER}`]);
    expect(printed).toContain(`받음: ${LINE}`);
    await expect.poll(() => lesson.log).toMatch(new RegExp(`message client=127.0.0.1 text="${ANSWER}"`));
    const states = page.getByRole("status");
    await expect(states).toHaveText("→ CONNECTING 0 → OPEN 1");

    await page.getByRole("button", { name: "연결 끊기" }).click();
    await expect(states).toHaveText("→ CONNECTING 0 → OPEN 1 → CLOSING 2 → CLOSED 3");
    await expect(log(page).last()).toHaveText("닫힘: 1000");
    await expect.poll(() => lesson.log).toContain("closed client=127.0.0.1 code=1000");
  });

  test("a lesson that ends says so", async ({ page, lesson }) => {
    await page.goto("/");
    await expect(page.getByRole("status")).toContainText("OPEN 1");
    await lesson.stop();
    await expect(log(page).last()).toHaveText("닫힘: 1001");
    await expect(page.getByRole("status")).toContainText("CLOSED 3");
  });

  test("a message over the limit is refused with its code", async ({ page }) => {
    await page.goto("/");
    const code = await page.evaluate(async () => {
      const socket = new WebSocket("/echo");
      socket.onopen = () => socket.send("x".repeat(100 * 1024));
      return new Promise((resolve) => (socket.onclose = (event) => resolve(event.code)));
    });
    expect(code).toBe(1009);
  });
});

test.describe("Server-Sent Events", () => {
  test.use({ name: "server_sent_events" });

  /** Run and number of each event on the page. */
  const ids = async (page: Page): Promise<{ run: string; seq: number }[]> =>
    (await log(page).allInnerTexts()).map((line) => {
      const [run = "", seq] = line.split(" ", 1).join().split(":");
      return { run, seq: Number(seq) };
    });

  test("rooms open and fill on the page, event after event", async ({ page, lesson }) => {
    await page.goto("/");
    await expect(log(page).nth(3)).toBeVisible();
    await expect(log(page).first()).toContainText(" rooms ");
    await expect(page.locator("#state")).toHaveText("OPEN 1");
    await expect(page.locator("#opened")).toHaveText("1");
    await expect(page.locator("#rooms p").first()).toHaveText(/^방 \d+: \d \/ 4명$/);
    const seqs = (await ids(page)).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? NaN) + index));
    expect(lesson.log).toContain("open client=127.0.0.1");
  });

  test("after a cut the page misses nothing", async ({ page, lesson, watch }) => {
    watch.expect(...UNREACHABLE);
    const link = await Link.to(lesson.port);
    watch.allowHost(new URL(link.url).host);
    await page.goto(link.url);
    await expect(log(page).nth(2)).toBeVisible();
    link.cut();
    await expect(page.locator("#state")).toHaveText("CONNECTING 0");
    link.mend();
    await expect(page.locator("#opened")).toHaveText("2");
    const count = await log(page).count();
    await expect(log(page).nth(count + 1)).toBeVisible();
    const seen = await ids(page);
    expect(seen).toEqual(seen.map((_, index) => ({ run: seen[0]?.run, seq: (seen[0]?.seq ?? NaN) + index })));
    await expect(log(page).filter({ hasText: "startOver" })).toHaveCount(0);
    expect(lesson.log).toMatch(/open client=127.0.0.1 last="\d+:\d+"/);
    link.close();
  });

  test("after a restart the page comes back by itself and starts over", async ({ page, lesson, watch }) => {
    watch.expect(...UNREACHABLE);
    await page.goto("/");
    await expect(log(page).nth(2)).toBeVisible();
    const [first] = await ids(page);
    await lesson.kill();
    await expect(page.locator("#state")).toHaveText("CONNECTING 0");
    await lesson.start();
    await expect(log(page).filter({ hasText: " startOver " })).toHaveCount(1);
    await expect(page.locator("#state")).toHaveText("OPEN 1");
    await expect(log(page).last()).toContainText("Room ");
    const last = (await ids(page)).at(-1);
    expect(last?.run).not.toBe(first?.run);
  });
});

test.describe("Socket.IO", () => {
  test.use({ name: "socket_io" });

  /** What the page asks the engine for, in order. */
  function wire(page: Page): string[] {
    const seen: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/socket.io/?")) seen.push("polling");
    });
    page.on("websocket", () => seen.push("websocket"));
    return seen;
  }

  test("the default page polls, and goes over to one WebSocket", async ({ page, lesson }) => {
    const seen = wire(page);
    await page.goto("/");
    await expect(page.locator("#transport")).toHaveText("websocket");
    await expect(log(page).first()).toHaveText("news: Hello Socket.IO");
    const polls = seen.filter((way) => way === "polling").length;
    await expect(log(page).nth(1)).toHaveText("news: Hello Socket.IO");
    expect(seen[0]).toBe("polling");
    expect(seen.filter((way) => way === "websocket")).toHaveLength(1);
    expect(seen.filter((way) => way === "polling"), "polls after the upgrade").toHaveLength(polls);
    await expect.poll(() => lesson.log).toMatch(/reply socket="[\w-]+" text="Hello Node.JS"/);
  });

  test("the WebSocket-only page opens exactly one WebSocket and never polls", async ({ page, lesson }) => {
    const seen = wire(page);
    await page.goto("/websocket-only");
    await expect(log(page)).toHaveText(["news: Hello Socket.IO", "news: Hello Socket.IO"]);
    await expect(page.locator("#transport")).toHaveText("websocket");
    expect(seen).toEqual(["websocket"]);
    await expect.poll(() => lesson.log).toMatch(/reply socket="[\w-]+" text="Hello Node.JS"/);
  });

  test("texts go to one socket, to all but me, and to a room but me", async ({ context }) => {
    const pages = [await context.newPage(), await context.newPage(), await context.newPage()];
    const [me, inRoom, outside] = pages as [Page, Page, Page];
    for (const page of pages) {
      await page.goto("/websocket-only");
      await expect(page.locator("#id")).not.toBeEmpty();
    }
    for (const page of [me, inRoom]) {
      await page.getByRole("button", { name: "들어가기" }).click();
      await expect(log(page).filter({ hasText: "join: true" })).toHaveCount(1);
    }
    await expect(log(outside).filter({ hasText: "newRoom: 강의실" })).toHaveCount(2);

    const say = async (text: string, button: string): Promise<void> => {
      await me.getByLabel("메시지").fill(text);
      await me.getByRole("button", { name: button, exact: true }).click();
    };
    await me.getByLabel("받는 아이디").fill(await outside.locator("#id").innerText());
    await say("너에게", "한 소켓에게");
    await say("방에", "나 빼고 방에");
    await say("모두에게", "나 빼고 모두에게");
    const chats = (page: Page): Locator => log(page).filter({ hasText: "chat: " });
    await expect(chats(inRoom)).toHaveText(["chat: 방에", "chat: 모두에게"]);
    await expect(chats(outside)).toHaveText(["chat: 너에게", "chat: 모두에게"]);
    await expect(chats(me)).toHaveCount(0);
  });

  test("after a restart the news come again", async ({ page, lesson, watch }) => {
    watch.expect(...UNREACHABLE);
    await page.goto("/");
    await expect(page.locator("#transport")).toHaveText("websocket");
    await lesson.stop();
    await expect(log(page).filter({ hasText: "끊김: " })).toHaveCount(1);
    await lesson.start();
    await expect(log(page).last()).toHaveText("news: Hello Socket.IO");
  });
});
