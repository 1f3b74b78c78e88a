// Who is here: colour and name, who runs the room, who is only away for a moment.

import { expect, type Locator, type Page, test } from "../support/fixtures.ts";
import { aliasOf, enterRoom, expectSaid, makeRoom, say, seatCount } from "../support/room.ts";

function peopleButton(page: Page): Locator {
  return page.getByRole("button", { name: "참여자" });
}

function people(page: Page): Locator {
  return page.getByRole("dialog", { name: "참여자" }).getByRole("listitem");
}

test("the list names everybody, oneself first, and follows who comes and goes", async ({ arrive }) => {
  const [maker, guest] = [await arrive(), await arrive()];
  const room = await makeRoom(maker, { title: "모두 몇 명" });
  await enterRoom(guest, room);
  const [makers, guests] = [await aliasOf(maker), await aliasOf(guest)];
  await peopleButton(guest).click();
  await expect(people(guest)).toHaveText([`${guests} 나`, `${makers} 방장`], { useInnerText: true });
  const late = await arrive();
  await enterRoom(late, room);
  await expect(people(guest)).toHaveCount(3);
  await late.locator("#leave").click();
  await expect(people(guest)).toHaveCount(2);
  await expect(seatCount(guest)).toHaveText("2 / 10명");
  await maker.locator("#leave").click();
  await expect(people(guest)).toHaveText([`${guests} 나 방장`], { useInnerText: true });
});

test("whoever has lost the connection is away, and is not gone", async ({ arrive }) => {
  const [maker, guest] = [await arrive(), await arrive()];
  const room = await makeRoom(maker, { title: "자리 비움" });
  await enterRoom(guest, room);
  await guest.close();
  await expect
    .poll(async () => {
      await peopleButton(maker).click();
      await maker.keyboard.press("Escape");
      await peopleButton(maker).click();
      const texts = await people(maker).allInnerTexts();
      await maker.keyboard.press("Escape");
      return texts.join(" ");
    })
    .toContain("자리 비움");
  await expect(seatCount(maker)).toHaveText("2 / 10명");
});

test("who is away is told live in the open list, and who is back too", async ({ arrive }) => {
  const [maker, guest] = [await arrive(), await arrive()];
  const room = await makeRoom(maker, { title: "잠깐만" });
  await enterRoom(guest, room);
  await peopleButton(maker).click();
  await expect(people(maker)).toHaveCount(2);
  await guest.goto("about:blank");
  await expect(people(maker).last()).toContainText("자리 비움");
  await enterRoom(guest, room);
  await expect(people(maker).last()).not.toContainText("자리 비움");
  await expect(people(maker)).toHaveCount(2);
});

test("the list opens and closes by keyboard and gives the focus back", async ({ arrive }) => {
  const page = await arrive();
  await makeRoom(page, { title: "자판으로" });
  await peopleButton(page).focus();
  await page.keyboard.press("Enter");
  await expect(people(page)).toHaveCount(1);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "참여자 목록 닫기" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(people(page)).toHaveCount(0);
  await expect(peopleButton(page)).toBeFocused();
});

test("on a phone the list is a sheet that covers no more than it must", async ({ arrive }) => {
  const phone = await arrive({ viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true });
  await makeRoom(phone, { title: "손바닥" });
  await peopleButton(phone).tap();
  const sheet = phone.getByRole("dialog", { name: "참여자" });
  const box = await sheet.boundingBox();
  expect(box?.width).toBe(320);
  await expect.poll(async () => {
    const now = await sheet.boundingBox();
    return Math.round((now?.y ?? 0) + (now?.height ?? 0));
  }).toBe(640);
  expect(box?.height).toBeLessThan(0.7 * 640 + 1);
  await phone.touchscreen.tap(160, 100);
  await expect(sheet).toBeHidden();
});

test("whoever is alone is told how others find the room, and nobody else is", async ({ arrive }) => {
  const [maker, guest] = [await arrive({ permissions: ["clipboard-read", "clipboard-write"] }), await arrive()];
  const room = await makeRoom(maker, { title: "혼자" });
  await expect(maker.getByText("아직 아무도 말하지 않았습니다.")).toBeVisible();
  await maker.getByRole("button", { name: "주소 복사" }).click();
  await expect(maker.getByText("주소를 복사했습니다.")).toBeVisible();
  const copied = await maker.evaluate(() => navigator.clipboard.readText());
  await guest.goto(copied);
  expect(new URL(guest.url()).pathname).toBe(room);
  await expect(seatCount(maker)).toHaveText("2 / 10명");
  await expect(maker.locator("#copy-link")).toHaveCount(0);
});

test("whoever is alone in a secret room is reminded of its password", async ({ arrive }) => {
  const page = await arrive();
  await makeRoom(page, { title: "둘만", password: "열쇠" });
  await expect(page.getByText("이 방의 주소와 비밀번호를 함께 알려 주십시오.")).toBeVisible();
  await say(page, "먼저 왔어요");
  await expectSaid(page, ["먼저 왔어요"]);
  await expect(page.locator("#copy-link")).toHaveCount(0);
});
