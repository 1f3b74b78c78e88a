// The promise on the screen: whatever breaks, each page ends up with exactly the room's log.

import { Visitor } from "../support/course.ts";
import { expect, type Page, test, UNREACHABLE } from "../support/fixtures.ts";
import { noise } from "../support/gif.ts";
import { Link } from "../support/link.ts";
import { expectLog, readLog, timesSaid } from "../support/log.ts";
import { LAG_MS_MAX } from "../support/server.ts";
import {
  connectionLine,
  connectionLines,
  enterRoom,
  expectPictures,
  expectSaid,
  makeRoom,
  saidIn,
  say,
  sendGif,
  upgraded,
} from "../support/room.ts";

test.describe("an answer that is lost on the way", () => {
  test("is found out by the next message, and the text is there once", async ({
    arrive,
    server,
    watch,
  }) => {
    const link = await Link.to(server.port);
    watch.allowHost(new URL(link.url).host);
    const [maker, guest] = [await arrive(), await arrive({ baseURL: link.url })];
    const room = await makeRoom(maker, { title: "답이 없는 길" });
    const ready = upgraded(guest);
    await enterRoom(guest, room);
    await ready;
    link.deafen();
    await say(guest, "들리나요");
    await expectSaid(maker, ["들리나요"]);
    await expect(guest.locator("#pending > li")).toHaveCount(1);
    await say(maker, "들려요");
    link.mend();
    await say(maker, "거기는요");
    await expectSaid(guest, ["들리나요", "들려요", "거기는요"]);
    await expect(connectionLine(guest)).toBeEmpty();
    await expectLog([maker, guest], await readLog(server.url, room));
    link.close();
  });

  test("is asked for again by the page itself, and after a break too", async ({
    arrive,
    server,
    watch,
  }) => {
    watch.expect(...UNREACHABLE);
    const link = await Link.to(server.port);
    watch.allowHost(new URL(link.url).host);
    const [maker, guest] = [await arrive(), await arrive({ baseURL: link.url })];
    await guest.clock.install();
    const room = await makeRoom(maker, { title: "다시 묻기" });
    const ready = upgraded(guest);
    await enterRoom(guest, room);
    await ready;
    link.deafen();
    await say(guest, "첫째");
    await say(guest, "둘째");
    await expectSaid(maker, ["첫째"]);
    link.mend();
    await guest.clock.fastForward(10_500);
    await expect(guest.locator("#pending > li").first()).toContainText("다시 보내는 중");
    await guest.clock.fastForward(2_000);
    await expectSaid(guest, ["첫째", "둘째"]);
    link.deafen();
    await say(guest, "셋째");
    await expectSaid(maker, ["첫째", "둘째", "셋째"]);
    link.cut();
    link.mend();
    await expectSaid(guest, ["첫째", "둘째", "셋째"]);
    await expectLog([maker, guest], await readLog(server.url, room));
    link.close();
  });
});

test("a server that is killed while both write loses and repeats nothing", async ({
  arrive,
  server,
  watch,
}) => {
  watch.expect(...UNREACHABLE);
  const pages = [await arrive(), await arrive()] as const;
  const room = await makeRoom(pages[0], { title: "정전" });
  await enterRoom(pages[1], room);
  const words = (name: string) => Array.from({ length: 12 }, (_, index) => `${name} ${index + 1}`);
  const write = async (page: Page, texts: string[]): Promise<void> => {
    for (const text of texts) await say(page, text);
  };
  const [mine, theirs] = [words("가"), words("나")];
  const written = Promise.all([write(pages[0], mine), write(pages[1], theirs)]);
  await expect.poll(async () => (await saidIn(pages[1])).length).toBeGreaterThan(5);
  await server.kill();
  await written;
  await server.start();
  for (const page of pages) {
    await expect(page.locator("#messages .bubble.text")).toHaveCount(24, { timeout: 15_000 });
  }
  const log = await readLog(server.url, room);
  const said = log.map(({ says }) => says);
  expect(said.filter((text) => mine.includes(text))).toEqual(mine);
  expect(said.filter((text) => theirs.includes(text))).toEqual(theirs);
  await expectLog([...pages], log);
});

test("what is written without a network is sent with it, in order", async ({
  arrive,
  server,
  watch,
}) => {
  watch.expect(...UNREACHABLE);
  watch.allowHost(new URL(server.urlByNumber).host);
  const [maker, guest] = [await arrive(), await arrive({ baseURL: server.urlByNumber })];
  const room = await makeRoom(maker, { title: "비행기" });
  await enterRoom(guest, room);
  await guest.context().setOffline(true);
  await expect(connectionLine(guest)).toContainText("연결이 끊겼습니다.");
  for (const text of ["이륙", "구름 위", "착륙"]) await say(guest, text);
  await say(maker, "잘 다녀와요");
  await guest.context().setOffline(false);
  await expectSaid(maker, ["잘 다녀와요", "이륙", "구름 위", "착륙"]);
  await expectLog([maker, guest], await readLog(server.url, room));
});

test.describe("with little room for slow readers", () => {
  test.use({
    settings: {
      GIFCHAT_SOCKET_BACKLOG_BYTES_MAX: "655360",
      GIFCHAT_MESSAGES_BURST: "5000",
    },
  });

  test("a page that cannot keep up is told so, and catches up", async ({ arrive, server, watch }) => {
    test.skip(LAG_MS_MAX > 0, "a slow network takes in what shall wait at the server");
    watch.expect(...UNREACHABLE);
    const link = await Link.to(server.port);
    watch.allowHost(new URL(link.url).host);
    const guest = await arrive({ baseURL: link.url });
    const ready = upgraded(guest);
    const room = await makeRoom(guest, { title: "느린 길" });
    await ready;
    const said = await connectionLines(guest);
    link.stall();
    await floodUntilSomebodyIsAway(server.url, room);
    link.mend();
    await expect(connectionLine(guest)).toHaveText(/그사이 온 메시지 \d+개를 가져왔습니다/, {
      timeout: 20_000,
    });
    expect((await said())[0]).toMatch(/밀린 대화를 가져오는 중입니다/);
    await expectLog([guest], await readLog(server.url, room));
    link.close();
  });
});

/**
 * Says long texts until somebody in the room has lost the connection: more waits for them than may. They
 * hear why only for a moment.
 */
async function floodUntilSomebodyIsAway(url: string, path: string): Promise<void> {
  const talker = new Visitor(url);
  const socket = await talker.connect("/chat");
  const room = path.replace("/room/", "");
  const { epoch } = (await socket.emitWithAck("join", { room })) as { epoch: string };
  for (let round = 0; round < 60; round += 1) {
    const texts = Array.from({ length: 20 }, (_, index) => `${round}.${index} ${"가".repeat(3_900)}`);
    const acks = await Promise.all(texts.map((chat) => socket.emitWithAck("chat", { chat })));
    const after = Math.max(...acks.map(({ seq }: { seq: number }) => seq));
    const { participants } = await socket.emitWithAck("join", { room, epoch, after });
    if (participants.some(({ away }: { away: boolean }) => away)) break;
  }
  talker.close();
}

test.describe("a server that comes back", () => {
  test("from a backup makes the page start over and say so; what is unsent stays", async ({
    arrive,
    server,
    watch,
  }) => {
    watch.expect(...UNREACHABLE);
    const [maker, guest] = [await arrive(), await arrive()];
    const room = await makeRoom(maker, { title: "되살아난 방" });
    await enterRoom(guest, room);
    for (const text of ["하나", "둘", "셋"]) await say(maker, text);
    await expectSaid(guest, ["하나", "둘", "셋"]);
    await server.stop();
    await say(guest, "멈춘 사이");
    await server.restoreWithout(1);
    await server.start();
    for (const page of [maker, guest]) {
      await expect(connectionLine(page)).toContainText("백업에서 되살아나");
      await expectSaid(page, ["하나", "둘", "멈춘 사이"]);
      await expect(page.locator(".started-over")).toContainText("백업에서 되살아나");
    }
    const log = await readLog(server.url, room);
    expect(timesSaid(log, "셋")).toBe(0);
    await expectLog([maker, guest], log);
  });
});

test.describe("with a short history", () => {
  test.use({ settings: { GIFCHAT_HISTORY_ENTRIES_MAX: "10" } });

  test("whoever was away for longer is told, and starts over with what is kept", async ({
    arrive,
    server,
    watch,
  }) => {
    watch.expect(...UNREACHABLE);
    const link = await Link.to(server.port);
    watch.allowHost(new URL(link.url).host);
    const [maker, guest] = [await arrive(), await arrive({ baseURL: link.url })];
    const room = await makeRoom(maker, { title: "짧은 기억" });
    await enterRoom(guest, room);
    await say(guest, "잠깐 나갔다 올게요");
    await expectSaid(maker, ["잠깐 나갔다 올게요"]);
    link.cut();
    const words = Array.from({ length: 15 }, (_, index) => `그사이 ${index + 1}`);
    for (const text of words) await say(maker, text);
    await expectSaid(maker, ["잠깐 나갔다 올게요", ...words]);
    link.mend();
    await expect(connectionLine(guest)).toContainText("오래된 메시지가 지워졌습니다");
    await expectSaid(guest, words.slice(-10));
    await expectLog([maker, guest], await readLog(server.url, room));
    link.close();
  });
});

test("a GIF whose upload a crash of the server cut off goes on by itself, and arrives once", async ({
  arrive,
  server,
  watch,
}) => {
  watch.expect(...UNREACHABLE);
  const [maker, guest] = [await arrive(), await arrive()];
  const room = await makeRoom(maker, { title: "끊긴 움짤" });
  await enterRoom(guest, room);
  const session = await guest.context().newCDPSession(guest);
  const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 200_000 };
  await session.send("Network.emulateNetworkConditions", slow);
  await sendGif(guest, { bytes: noise(800) });
  await expect(guest.locator("#pending .state")).toHaveText(/^GIF 올리는 중 [1-9]\d?%$/);
  await server.kill();
  await expect(guest.locator("#pending .state")).toHaveText("연결되면 보냅니다");
  await session.send("Network.emulateNetworkConditions", { ...slow, uploadThroughput: -1 });
  await server.start();
  for (const page of [maker, guest]) await expectPictures(page, 1);
  await expectLog([maker, guest], await readLog(server.url, room));
});
