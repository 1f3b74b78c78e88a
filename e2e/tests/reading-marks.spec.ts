// What helps a reader find the place: the mark before what is unread, dates, links, folded movements.

import { Visitor } from "../support/course.ts";
import { expect, test } from "../support/fixtures.ts";
import { gif } from "../support/gif.ts";
import { composer, enterRoom, expectSaid, makeRoom, say, systemLines } from "../support/room.ts";
import { comeBack, turnAway } from "../support/sight.ts";

test("what came while the tab was out of sight stands behind a mark, until its reader writes", async ({
  arrive,
}) => {
  const [reader, writer] = [await arrive(), await arrive()];
  const room = await makeRoom(reader, { title: "잠시 딴 데" });
  await enterRoom(writer, room);
  await say(writer, "본 것");
  await expectSaid(reader, ["본 것"]);
  const mark = reader.locator("#unread");
  await expect(mark).toHaveCount(0);
  await turnAway(reader);
  for (const text of ["못 본 것", "더 못 본 것"]) await say(writer, text);
  await expectSaid(reader, ["본 것", "못 본 것", "더 못 본 것"]);
  await comeBack(reader);
  await expect(mark).toHaveText("여기서부터 읽지 않은 메시지");
  await expect(reader.locator("#unread + li .bubble")).toHaveText("못 본 것");
  await say(writer, "지금 보는 것");
  await expectSaid(reader, ["본 것", "못 본 것", "더 못 본 것", "지금 보는 것"]);
  await expect(reader.locator("#unread + li .bubble")).toHaveText("못 본 것");
  await say(reader, "다 읽었습니다");
  await expect(mark).toHaveCount(0);
});

test("the mark moves on with the next absence, and one's own messages need none", async ({
  arrive,
}) => {
  const [reader, writer] = [await arrive(), await arrive()];
  const room = await makeRoom(reader, { title: "또 딴 데" });
  await enterRoom(writer, room);
  await turnAway(reader);
  await say(writer, "하나");
  await expectSaid(reader, ["하나"]);
  await comeBack(reader);
  await expect(reader.locator("#unread + li .bubble")).toHaveText("하나");
  await turnAway(reader);
  await expect(reader.locator("#unread")).toHaveCount(0);
  await say(writer, "둘");
  await expectSaid(reader, ["하나", "둘"]);
  await comeBack(reader);
  await expect(reader.locator("#unread + li .bubble")).toHaveText("둘");
});

test("whoever closes the page and comes back finds where they had stopped", async ({ arrive }) => {
  const [reader, writer] = [await arrive(), await arrive()];
  const room = await makeRoom(writer, { title: "다시 올게요" });
  await enterRoom(reader, room);
  await say(writer, "읽은 말");
  await expectSaid(reader, ["읽은 말"]);
  const again = await reader.context().newPage();
  await reader.close();
  await say(writer, "그사이 한 말");
  await expectSaid(writer, ["읽은 말", "그사이 한 말"]);
  await enterRoom(again, room);
  await expect(again.locator("#unread + li .bubble")).toHaveText("그사이 한 말");
  await again.reload();
  await expectSaid(again, ["읽은 말", "그사이 한 말"]);
  await expect(again.locator("#unread")).toHaveCount(0);
});

test("pictures that come late move nothing, neither for who reads nor at the end", async ({
  arrive,
  server,
}) => {
  const teller = new Visitor(server.url);
  const id = await teller.makeRoom({ title: "느린 그림" });
  for (let number = 1; number <= 12; number += 1) {
    await teller.chat(id, `그림 ${number}\n설명`);
    await teller.gif(id, gif({ width: 200, height: 150 + number, hue: number * 20 }));
  }
  const page = await arrive();
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/gif/*", async (route) => {
    await released;
    await route.continue();
  });
  await enterRoom(page, `/room/${id}`);
  const log = page.getByRole("log");
  await expect(page.getByText("그림 12")).toBeAttached();
  const places = () =>
    page.locator("#messages > li[data-seq]").evaluateAll((lines) =>
      lines.map((line) => Math.round(line.getBoundingClientRect().top)),
    );
  const distance = () => log.evaluate((list) => Math.round(list.scrollTop));
  const atEnd = await places();
  expect(await distance()).toBe(0);
  await log.evaluate((list) => list.scrollBy({ top: -700, behavior: "instant" }));
  const further = await places();
  release();
  await expect
    .poll(() =>
      page.locator("#messages img.gif").evaluateAll((pictures) =>
        pictures.filter((one) => one instanceof HTMLImageElement && one.naturalWidth > 0).length,
      ),
    )
    .toBeGreaterThan(6);
  expect(await places()).toEqual(further);
  await log.evaluate((list) => list.scrollTo({ top: 0, behavior: "instant" }));
  await expect(page.locator("#messages img.gif").last()).toBeInViewport();
  expect(await places()).toEqual(atEnd);
});

test("addresses can be clicked and tell nobody where one came from", async ({ arrive }) => {
  const [writer, reader] = [await arrive(), await arrive()];
  const room = await makeRoom(writer, { title: "주소" });
  await enterRoom(reader, room);
  const text = "메뉴는 https://example.org/menu?a=1, 지도는 www.example.org를 보세요. javascript:alert(1)";
  await say(writer, text);
  await expectSaid(reader, [text]);
  const links = reader.locator("#messages .bubble a");
  await expect(links).toHaveText(["https://example.org/menu?a=1", "www.example.org"]);
  for (const link of await links.all()) {
    await expect(link).toHaveAttribute("rel", "noopener noreferrer nofollow ugc");
    await expect(link).toHaveAttribute("target", "_blank");
  }
  await expect(links.last()).toHaveAttribute("href", "https://www.example.org/");
});

test("a conversation begins with its date, and a long one has one for each day", async ({ arrive }) => {
  const page = await arrive({ timezoneId: "Asia/Seoul" });
  await makeRoom(page, { title: "날짜" });
  await say(page, "오늘");
  await expectSaid(page, ["오늘"]);
  const today = await page.evaluate(() =>
    new Intl.DateTimeFormat("ko", { month: "long", day: "numeric", weekday: "long" }).format(new Date()),
  );
  await expect(page.locator("#messages .day")).toHaveText([today]);
});

test("many who come and go are one line that can be opened by keyboard", async ({ arrive, server }) => {
  const page = await arrive();
  const room = await makeRoom(page, { title: "문이 바쁜 방" });
  const guests = [1, 2, 3].map(() => new Visitor(server.url));
  for (const guest of guests) {
    const socket = await guest.connect("/chat");
    await socket.emitWithAck("join", { room: room.replace("/room/", "") });
    if (guest === guests[0]) await socket.emitWithAck("leave");
  }
  const summary = page.locator("#messages summary");
  await expect(summary).toHaveText("4명 입장, 1명 퇴장");
  await expect(systemLines(page)).toHaveCount(0);
  await composer(page).focus();
  await summary.focus();
  await page.keyboard.press("Enter");
  await expect(systemLines(page)).toHaveCount(5);
  for (const guest of guests) guest.close();
});

test("Escape in the list leads to the newest message and to the composer", async ({ arrive, server }) => {
  const teller = new Visitor(server.url);
  const id = await teller.makeRoom({ title: "돌아가기" });
  for (let number = 1; number <= 40; number += 1) await teller.chat(id, `말 ${number}`);
  const page = await arrive();
  await enterRoom(page, `/room/${id}`);
  const log = page.getByRole("log");
  await log.evaluate((list) => list.scrollTo({ top: -list.scrollHeight, behavior: "instant" }));
  await expect(page.getByText("말 1", { exact: true })).toBeInViewport();
  await log.focus();
  await page.keyboard.press("Escape");
  await expect(composer(page)).toBeFocused();
  await expect.poll(() => log.evaluate((list) => list.scrollTop)).toBe(0);
  await expect(page.getByText("말 40", { exact: true })).toBeInViewport();
});
