// The conversation as one reads it: its end stays in view, older parts come on demand, nothing jumps.

import { Visitor } from "../support/course.ts";
import { expect, type Page, test } from "../support/fixtures.ts";
import { enterRoom, expectSaid, makeRoom, saidIn, say } from "../support/room.ts";

const MANY = Array.from({ length: 130 }, (_, index) => `이야기 ${index + 1}`);

/** A room in which somebody has already said a lot. */
async function roomWithHistory(url: string): Promise<string> {
  const teller = new Visitor(url);
  const room = await teller.makeRoom({ title: "긴 이야기" });
  for (const text of MANY) await teller.chat(room, text);
  return `/room/${room}`;
}

/** The first line that is wholly in view, and where it stands. */
async function placeOfReader(page: Page): Promise<{ line: string; top: number }> {
  return page.getByRole("log").evaluate((log) => {
    const { top } = log.getBoundingClientRect();
    const lines = [...log.querySelectorAll("#messages > li")];
    const first = lines.find((line) => line.getBoundingClientRect().top >= top);
    return { line: first?.textContent ?? "", top: first?.getBoundingClientRect().top ?? 0 };
  });
}

test("a long conversation opens at its end, and earlier parts come on the way up", async ({
  arrive,
  server,
}) => {
  const room = await roomWithHistory(server.url);
  const page = await arrive();
  await enterRoom(page, room);
  await expect(page.getByText("이야기 130", { exact: true })).toBeInViewport();
  expect(await saidIn(page)).not.toContain("이야기 1");
  const log = page.getByRole("log");
  await log.focus();
  await expect
    .poll(async () => {
      await page.keyboard.press("Home");
      return saidIn(page);
    })
    .toEqual(MANY);
  await expect(page.getByRole("button", { name: "이전 대화 보기" })).toHaveCount(0);
});

test("a new message does not pull away whoever reads further up", async ({ arrive, server }) => {
  const room = await roomWithHistory(server.url);
  const [reader, writer] = [await arrive(), await arrive()];
  await enterRoom(reader, room);
  await enterRoom(writer, room);
  await reader.getByRole("log").evaluate((log) => log.scrollBy({ top: -900, behavior: "instant" }));
  const newest = reader.getByRole("button", { name: "맨 아래로" });
  await expect(newest).toBeVisible();
  const before = await placeOfReader(reader);
  await say(writer, "새 소식입니다");
  const unread = reader.getByRole("button", { name: "새 메시지 1개" });
  await expect(unread).toBeVisible();
  const after = await placeOfReader(reader);
  expect(after.line).toBe(before.line);
  expect(Math.abs(after.top - before.top)).toBeLessThanOrEqual(1);
  await expect(reader.getByText("새 소식입니다")).not.toBeInViewport();
  await unread.click();
  await expect(reader.getByText("새 소식입니다")).toBeInViewport();
  await expect(unread).toHaveCount(0);
});

test("whoever reads at the end stays at the end", async ({ arrive, server }) => {
  const room = await roomWithHistory(server.url);
  const [reader, writer] = [await arrive(), await arrive()];
  await enterRoom(reader, room);
  await enterRoom(writer, room);
  for (let index = 0; index < 5; index += 1) {
    await say(writer, `조금 더 ${index}\n두 줄로`);
    await expect(reader.getByText(`조금 더 ${index}`)).toBeInViewport();
  }
});

test("the back button after leaving enters the room again", async ({ arrive }) => {
  const [page, other] = [await arrive(), await arrive()];
  const room = await makeRoom(page, { title: "되돌아오기" });
  await enterRoom(other, room);
  await say(page, "금방 올게요");
  await expectSaid(page, ["금방 올게요"]);
  await page.locator("#leave").click();
  await page.waitForURL("/");
  await expect(other.locator("#participant-count")).toHaveText("1 / 10명");
  await page.goBack();
  await expectSaid(page, ["금방 올게요"]);
  await expect(other.locator("#participant-count")).toHaveText("2 / 10명");
  await say(other, "어서 와요");
  await expectSaid(page, ["금방 올게요", "어서 와요"]);
});
