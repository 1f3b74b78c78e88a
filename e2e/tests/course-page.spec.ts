// A page with the browser client that the server hands out makes the calls of the course's pages.

import { expect, type Page, test } from "../support/fixtures.ts";
import { gif } from "../support/gif.ts";
import { expectPictures, expectSaid, fillRoomForm, enterRoom, say } from "../support/room.ts";

/** The empty page names no icon, so the browser asks for one where there is none. */
const NO_ICON = /status of 404/;

/** An empty page of the server's own that only loads the client, as pages with other rules would. */
async function openBlankPage(page: Page): Promise<void> {
  await page.goto("/livez");
  await page.evaluate(() => document.body.replaceChildren(document.createElement("ul")));
}

/** What the course's page does when it is opened: connect, join, and list what comes. */
async function joinAsTheCourse(page: Page, room: string): Promise<void> {
  await page.evaluate((id) => {
    type Line = { user: string; chat?: string; gif?: string };
    type Client = {
      on: (event: string, listener: (line: Line) => void) => void;
      emit: (event: string, payload: string) => void;
    };
    const { io } = window as unknown as { io: { connect: (url: string, options: object) => Client } };
    const list = document.querySelector("ul");
    const socket = io.connect(`${location.origin}/chat`, { path: "/socket.io" });
    const show = (kind: string) => (line: Line) => {
      const item = document.createElement("li");
      item.textContent = `${kind} ${line.user} ${line.chat ?? line.gif}`;
      list?.append(item);
    };
    for (const event of ["join", "exit", "chat"]) socket.on(event, show(event));
    socket.emit("join", id);
  }, room);
}

async function post(page: Page, path: string, body: { chat: string } | { gif: number[] }) {
  return page.evaluate(
    async ([address, payload]) => {
      const form = new FormData();
      if ("gif" in payload) form.append("gif", new File([new Uint8Array(payload.gif)], "a.gif"));
      const json = { "Content-Type": "application/json" };
      const response = await fetch(
        address,
        "gif" in payload
          ? { method: "POST", body: form }
          : { method: "POST", headers: json, body: JSON.stringify(payload) },
      );
      return response.text();
    },
    [path, body] as const,
  );
}

test.use({ settings: { GIFCHAT_GRACE: "3s" } });

test("the course's flow works with the client that the server hands out", async ({
  arrive,
  watch,
}) => {
  watch.expect(NO_ICON);
  const [course, modern] = [await arrive({ bypassCSP: true }), await arrive({ locale: "en-US" })];
  await fillRoomForm(course, { title: "강의" });
  const room = new URL(course.url()).pathname;
  await openBlankPage(course);
  await course.addScriptTag({ url: "/socket.io/socket.io.js" });
  await joinAsTheCourse(course, room.replace("/room/", ""));
  const lines = course.locator("li");
  await enterRoom(modern, room);
  await expect(lines).toHaveText([/^join system #[0-9a-f]{6}님이 입장하셨습니다\.$/]);
  expect(await post(course, `${room}/chat`, { chat: "강의에서 씁니다" })).toBe("ok");
  await expectSaid(modern, ["강의에서 씁니다"]);
  await say(modern, "hello");
  await expect(lines.nth(1)).toHaveText(/^chat #[0-9a-f]{6} 강의에서 씁니다$/);
  await expect(lines.nth(2)).toHaveText(/^chat #[0-9a-f]{6} hello$/);
  const bytes = [...gif({ width: 20, height: 20 })];
  expect(await post(course, `${room}/gif`, { gif: bytes })).toBe("ok");
  await expectPictures(modern, 1);
  await expect(lines.nth(3)).toHaveText(/^chat #[0-9a-f]{6} [\w-]+\.gif$/);
  await modern.locator("#leave").click();
  await expect(lines.nth(4)).toHaveText(/^exit system #[0-9a-f]{6}님이 퇴장하셨습니다\.$/);
  await expect(lines).toHaveCount(5);
});

test("every form of the browser client connects", async ({ arrive, watch }) => {
  watch.expect(NO_ICON);
  const page = await arrive({ bypassCSP: true });
  const use = `io("/room").on("rooms", () => { document.title = "연결됨"; });`;
  for (const file of ["socket.io.js", "socket.io.min.js"]) {
    await openBlankPage(page);
    await page.addScriptTag({ url: `/socket.io/${file}` });
    await page.addScriptTag({ content: use });
    await expect(page).toHaveTitle("연결됨");
  }
  await openBlankPage(page);
  const load = `import { io } from "/socket.io/socket.io.esm.min.js";`;
  await page.addScriptTag({ type: "module", content: `${load} ${use}` });
  await expect(page).toHaveTitle("연결됨");
});
