// Two people talk: text both ways, leaving, refreshing.

import { expect, test } from "../support/fixtures.ts";
import {
  aliasOf,
  composer,
  enterRoom,
  expectSaid,
  inRoom,
  makeRoom,
  say,
  seatCount,
  systemLines,
  unfold,
} from "../support/room.ts";

test("two visitors make a room by the form and talk both ways", async ({ arrive }) => {
  const [maker, guest] = [await arrive(), await arrive()];
  const room = await makeRoom(maker, { title: "점심 이야기" });
  await expect(maker.getByRole("heading", { name: "점심 이야기" })).toBeVisible();
  await expect(seatCount(maker)).toHaveText("1 / 10명");
  await enterRoom(guest, room);
  await expect(systemLines(maker)).toHaveText([
    `${await aliasOf(maker)}님이 입장하셨습니다.`,
    `${await aliasOf(guest)}님이 입장하셨습니다.`,
  ]);
  await expect(seatCount(maker)).toHaveText("2 / 10명");
  await expect(seatCount(guest)).toHaveText("2 / 10명");
  await say(maker, "안녕하세요?");
  await expectSaid(guest, ["안녕하세요?"]);
  await say(guest, "네, 반갑습니다 👋🏽");
  await say(maker, "오늘은 비빔밥!");
  for (const page of [maker, guest]) {
    await expectSaid(page, ["안녕하세요?", "네, 반갑습니다 👋🏽", "오늘은 비빔밥!"]);
  }
  await expect(guest.locator("#messages .own .bubble.text")).toHaveText(["네, 반갑습니다 👋🏽"]);
  await expect(guest.locator("#messages .message:not(.own) .alias").first()).toHaveText(
    await aliasOf(maker),
  );
});

test("whoever leaves by the button is seen to leave, and the count goes down", async ({ arrive }) => {
  const [maker, guest] = [await arrive(), await arrive()];
  const room = await makeRoom(maker, { title: "나가기" });
  await enterRoom(guest, room);
  const name = await aliasOf(guest);
  await guest.getByRole("button", { name: "나가기" }).click();
  await guest.waitForURL("/");
  await expect(guest.getByRole("heading", { name: "채팅방 목록" })).toBeVisible();
  await expect(maker.locator("#messages summary")).toHaveText("2명 입장, 1명 퇴장");
  await unfold(maker);
  await expect(systemLines(maker).last()).toHaveText(`${name}님이 퇴장하셨습니다.`);
  await expect(seatCount(maker)).toHaveText("1 / 10명");
});

test.describe("with a short grace", () => {
  test.use({ settings: { GIFCHAT_GRACE: "10s" } });

  test("a refresh alone keeps the room, its history and the name", async ({ arrive }) => {
    const page = await arrive();
    const room = await makeRoom(page, { title: "혼자" });
    const name = await aliasOf(page);
    await say(page, "여기 있어요");
    await expectSaid(page, ["여기 있어요"]);
    for (let round = 0; round < 3; round += 1) {
      await page.reload();
      await inRoom(page);
      await expectSaid(page, ["여기 있어요"]);
    }
    expect(new URL(page.url()).pathname).toBe(room);
    expect(await aliasOf(page)).toBe(name);
    await expect(systemLines(page)).toHaveText([`${name}님이 입장하셨습니다.`]);
  });
});

test("a refresh in a full room works and announces nobody", async ({ arrive }) => {
  const [maker, guest] = [await arrive(), await arrive()];
  const room = await makeRoom(maker, { title: "둘이서", max: 2 });
  await enterRoom(guest, room);
  await expect(seatCount(guest)).toHaveText("2 / 2명");
  const entries = await systemLines(maker).allInnerTexts();
  for (const page of [maker, guest]) {
    await page.reload();
    await inRoom(page);
    await expect(seatCount(page)).toHaveText("2 / 2명");
  }
  await say(guest, "아직 여기 있습니다");
  await expectSaid(maker, ["아직 여기 있습니다"]);
  await expect(systemLines(maker)).toHaveText(entries);
});

test("a third visitor to a full room reads so in the lobby", async ({ arrive }) => {
  const [maker, guest, third] = [await arrive(), await arrive(), await arrive()];
  const room = await makeRoom(maker, { title: "둘이서", max: 2 });
  await enterRoom(guest, room);
  await third.goto("/");
  await third.getByRole("link", { name: "입장" }).click();
  await expect(third.getByRole("alert")).toHaveText("허용 인원을 초과했습니다.");
  await expect(seatCount(maker)).toHaveText("2 / 2명");
});

test("two tabs of one visitor take one seat and show the same", async ({ arrive }) => {
  const [maker, guest] = [await arrive(), await arrive()];
  const room = await makeRoom(maker, { title: "두 창" });
  await enterRoom(guest, room);
  const second = await guest.context().newPage();
  await enterRoom(second, room);
  await expect(seatCount(second)).toHaveText("2 / 10명");
  await say(second, "둘째 창에서");
  for (const page of [maker, guest, second]) await expectSaid(page, ["둘째 창에서"]);
  await expect(guest.locator("#messages .own")).toHaveCount(1);
  await expect(systemLines(maker)).toHaveCount(2);
});

test("an empty message is not sent", async ({ arrive }) => {
  const page = await arrive();
  await makeRoom(page, { title: "빈 글" });
  await say(page, "   ");
  // The button says that it is disabled, and a person can press it all the same.
  await page.locator("#send").click({ force: true });
  await composer(page).fill("이제 보냄");
  await page.getByRole("button", { name: "보내기", exact: true }).click();
  await expectSaid(page, ["이제 보냄"]);
});

test("the owner closes the room and everybody is told", async ({ arrive }) => {
  const [maker, guest, onlooker] = [await arrive(), await arrive(), await arrive()];
  const room = await makeRoom(maker, { title: "곧 닫힘" });
  await enterRoom(guest, room);
  await onlooker.goto("/");
  await expect(onlooker.locator("#rooms tbody tr")).toHaveCount(1);
  const status = await maker.evaluate(
    async (path) => (await fetch(path, { method: "DELETE" })).status,
    room,
  );
  expect(status).toBe(200);
  for (const page of [maker, guest]) {
    await expect(page.getByRole("alert")).toContainText("방이 닫혔습니다.");
    await expect(page.getByRole("button", { name: "보내기", exact: true })).toBeDisabled();
  }
  await expect(onlooker.locator("#rooms tbody tr")).toHaveCount(0);
  await guest.getByRole("alert").getByRole("link", { name: "로비로 돌아가기" }).click();
  await expect(guest.getByText("아직 열린 방이 없습니다.")).toBeVisible();
  await guest.goto(room);
  await expect(guest.getByRole("alert")).toHaveText("존재하지 않는 방입니다.");
});
