// Broken connections and restarted servers: the page says so, comes back, and shows each message once.

import { expect, test, UNREACHABLE } from "../support/fixtures.ts";
import { Link } from "../support/link.ts";
import {
  aliasOf,
  connectionLine,
  enterRoom,
  expectSaid,
  inRoom,
  makeRoom,
  say,
  seatCount,
  systemLines,
  unfold,
  upgraded,
} from "../support/room.ts";

test("a cut connection is seen, comes back, and brings everything once", async ({
  arrive,
  server,
  watch,
}) => {
  watch.expect(...UNREACHABLE);
  const link = await Link.to(server.port);
  watch.allowHost(new URL(link.url).host);
  const [maker, guest] = [await arrive(), await arrive({ baseURL: link.url })];
  const room = await makeRoom(maker, { title: "끊긴 길" });
  await enterRoom(guest, room);
  await say(guest, "처음");
  await expectSaid(maker, ["처음"]);
  const entries = await systemLines(maker).allInnerTexts();
  link.cut();
  await expect(connectionLine(guest)).toHaveText("연결이 끊겼습니다. 다시 연결하는 중입니다.");
  await say(maker, "하나");
  await say(maker, "둘");
  await say(guest, "끊긴 사이에");
  await expect(guest.locator("#pending > li")).toContainText("연결되면 보냅니다");
  await expectSaid(maker, ["처음", "하나", "둘"]);
  link.mend();
  await expect(connectionLine(guest)).toHaveText(
    "다시 연결되었습니다. 그사이 온 메시지 2개를 가져왔습니다.",
  );
  for (const page of [maker, guest]) await expectSaid(page, ["처음", "하나", "둘", "끊긴 사이에"]);
  await expect(connectionLine(guest)).toBeEmpty();
  await expect(systemLines(maker)).toHaveText(entries);
  await expect(seatCount(maker)).toHaveText("2 / 10명");
  link.close();
});

test("a browser that goes offline and online again is back by itself", async ({
  arrive,
  server,
  watch,
}) => {
  watch.expect(...UNREACHABLE);
  watch.allowHost(new URL(server.urlByNumber).host);
  const [maker, guest] = [await arrive(), await arrive({ baseURL: server.urlByNumber })];
  const room = await makeRoom(maker, { title: "터널" });
  await enterRoom(guest, room);
  await guest.context().setOffline(true);
  await expect(connectionLine(guest)).toHaveText("연결이 끊겼습니다. 다시 연결하는 중입니다.");
  await say(maker, "터널 밖에서");
  await guest.context().setOffline(false);
  await expectSaid(guest, ["터널 밖에서"]);
  await say(guest, "나왔습니다");
  await expectSaid(maker, ["터널 밖에서", "나왔습니다"]);
  await expect(systemLines(maker)).toHaveCount(2);
});

test("a tab that was frozen through a break is back at once, and nobody saw it leave", async ({
  arrive,
  server,
  watch,
}) => {
  watch.expect(...UNREACHABLE);
  const link = await Link.to(server.port);
  watch.allowHost(new URL(link.url).host);
  const [maker, guest] = [await arrive(), await arrive({ baseURL: link.url })];
  const room = await makeRoom(maker, { title: "잠든 창" });
  await enterRoom(guest, room);
  const entries = await systemLines(maker).allInnerTexts();
  const session = await guest.context().newCDPSession(guest);
  await session.send("Page.setWebLifecycleState", { state: "frozen" });
  link.cut();
  link.mend();
  for (const text of ["자나요", "일어나요"]) await say(maker, text);
  await expectSaid(maker, ["자나요", "일어나요"]);
  await session.send("Page.setWebLifecycleState", { state: "active" });
  await expectSaid(guest, ["자나요", "일어나요"]);
  await say(guest, "깼어요");
  await expectSaid(maker, ["자나요", "일어나요", "깼어요"]);
  await expect(systemLines(maker)).toHaveText(entries);
  await expect(seatCount(maker)).toHaveText("2 / 10명");
  link.close();
});

test("the lobby says that its list stands still, and catches up", async ({
  arrive,
  server,
  watch,
}) => {
  watch.expect(...UNREACHABLE);
  const link = await Link.to(server.port);
  watch.allowHost(new URL(link.url).host);
  const [onlooker, maker] = [await arrive({ baseURL: link.url }), await arrive()];
  const connected = upgraded(onlooker);
  await onlooker.goto("/");
  await expect(onlooker.getByText("아직 열린 방이 없습니다.")).toBeVisible();
  await connected;
  link.cut();
  await expect(connectionLine(onlooker)).toHaveText(
    "연결이 끊겨 목록이 멈췄습니다. 다시 연결하는 중입니다.",
  );
  await makeRoom(maker, { title: "그사이 생긴 방" });
  link.mend();
  await expect(onlooker.locator("#rooms tbody tr")).toHaveCount(1);
  await expect(connectionLine(onlooker)).toBeEmpty();
  link.close();
});

test.describe("with a grace that ends during the test", () => {
  test.use({ settings: { GIFCHAT_GRACE: "6s" } });

  test("a restarted server keeps seats and history, and nobody is seen to leave", async ({
    arrive,
    server,
    watch,
  }) => {
    watch.expect(...UNREACHABLE);
    const [maker, guest, gone] = [await arrive(), await arrive(), await arrive()];
    const room = await makeRoom(maker, { title: "다시 시작", max: 3 });
    await enterRoom(guest, room);
    await enterRoom(gone, room);
    const names = [await aliasOf(maker), await aliasOf(guest)];
    const nameOfGone = await aliasOf(gone);
    await say(maker, "먼저 한 말");
    await expectSaid(guest, ["먼저 한 말"]);
    await server.stop();
    await gone.close();
    await say(guest, "멈춘 사이에 쓴 말");
    await server.start();
    for (const page of [maker, guest]) {
      await expectSaid(page, ["먼저 한 말", "멈춘 사이에 쓴 말"]);
      await expect(seatCount(page)).toHaveText("3 / 3명");
    }
    await say(maker, "돌아왔군요");
    await expectSaid(guest, ["먼저 한 말", "멈춘 사이에 쓴 말", "돌아왔군요"]);
    // Whoever did not come back is announced when the grace ends; the others would be, too.
    await expect(systemLines(maker).last()).toHaveText(`${nameOfGone}님이 퇴장하셨습니다.`);
    await unfold(maker);
    await expect(systemLines(maker)).toHaveCount(4);
    await expect(seatCount(guest)).toHaveText("2 / 3명");
    for (const [index, page] of [maker, guest].entries()) {
      await page.reload();
      await inRoom(page);
      expect(await aliasOf(page)).toBe(names[index]);
      await expectSaid(page, ["먼저 한 말", "멈춘 사이에 쓴 말", "돌아왔군요"]);
    }
    await unfold(maker);
    await expect(systemLines(maker)).toHaveCount(4);
  });
});

test("a stopping server is announced on the page", async ({ arrive, server, watch }) => {
  watch.expect(...UNREACHABLE);
  const page = await arrive();
  await makeRoom(page, { title: "잠깐" });
  await server.stop();
  await expect(connectionLine(page)).toHaveText("서버가 다시 시작합니다. 곧 다시 연결합니다.");
  await server.start();
  await expect(connectionLine(page)).toHaveText("다시 연결되었습니다.");
  await expect(seatCount(page)).toHaveText("1 / 10명");
});
