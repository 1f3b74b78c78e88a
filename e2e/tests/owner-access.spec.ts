// The owner's parts of a room for every reader: judged by a machine in light and dark, on the narrowest screen,
// and by keyboard alone.

import { expectAccessible } from "../support/accessible.ts";
import { expect, type Locator, type Page, test } from "../support/fixtures.ts";
import { expectNoSidewaysScrolling } from "../support/looks.ts";
import { askAbout, closeDialog, manage, manageButton, openActs, openPart, peopleButton } from "../support/managing.ts";
import { aliasOf, enterRoom, makeRoom, say, seatCount } from "../support/room.ts";

const PARTS = ["비밀번호", "초대 링크", "내보낸 사람", "방 닫기"];

async function report(page: Page, room: string): Promise<void> {
  const line = page.locator("#messages .message:not(.system)").first();
  const seq = Number(await line.getAttribute("data-seq"));
  const answer = await page.request.post(`${room}/report`, { data: { seq, reason: "길게 적은 이유".repeat(9) } });
  expect(answer.status()).toBe(200);
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`what an owner does is accessible in ${colorScheme}`, async ({ arrive }) => {
    const [owner, guest] = [await arrive({ colorScheme }), await arrive({ colorScheme })];
    const room = await makeRoom(owner, { title: "모두를 위한 방", password: "열쇠" });
    await say(owner, "안녕하세요");
    const link = await openPart(await manage(owner), "초대 링크");
    await link.getByRole("button", { name: "초대 링크 만들기" }).click();
    await link.getByRole("button", { name: "QR 코드" }).click();
    await expect(link.getByRole("img")).toBeVisible();
    await expectAccessible(owner, "invitation with its code");
    await guest.goto(await link.getByLabel("새 초대 링크").inputValue());
    await expect(seatCount(guest)).toHaveText("2 / 10명");
    await report(guest, room);
    for (const part of PARTS.filter((name) => name !== "초대 링크")) {
      await openPart(owner.locator("dialog"), part);
      await expectAccessible(owner, part);
    }
    await owner.getByRole("switch", { name: "방 잠그기" }).click();
    await owner.getByLabel("허용 인원").fill("1");
    await owner.getByRole("button", { name: "저장" }).click();
    await expect(owner.getByLabel("허용 인원")).toBeFocused();
    await expectAccessible(owner, "refused rules");
    await owner.getByLabel("언제 닫을까요").selectOption("5분 뒤");
    await owner.locator("details[open]").getByRole("button", { name: "방 닫기" }).click();
    await closeDialog(owner);
    const alias = await aliasOf(guest);
    const mute = await askAbout(owner, alias, "글쓰기 막기");
    await expectAccessible(owner, "mute");
    await mute.getByRole("button", { name: "글쓰기 막기" }).click();
    await expect(guest.getByRole("timer")).toBeVisible();
    await expect(guest.locator("#send")).toBeDisabled();
    await expectAccessible(guest, "muted, while the room closes");
    await openActs(owner, alias);
    await expectAccessible(owner, "people with acts");
    await owner.keyboard.press("Escape");
    const kick = await askAbout(owner, alias, "내보내기");
    await expectAccessible(owner, "send out");
    await kick.getByLabel("이유").fill("그만");
    await kick.getByRole("button", { name: "내보내기" }).click();
    await expect(guest.locator(".ended")).toBeVisible();
    await expectAccessible(guest, "sent out");
  });
}

test("on the narrowest screen nothing of it is cut off, and a thumb hits it", async ({ arrive }) => {
  const phone = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };
  const [owner, guest] = [await arrive(phone), await arrive(phone)];
  const room = await makeRoom(owner, { title: "아주 긴 제목을 가진 채팅방입니다".repeat(3) });
  await enterRoom(guest, room);
  await say(owner, "톡");
  await expect(guest.locator("#messages .message:not(.system)")).toHaveCount(1);
  await report(guest, room);
  await expectNoSidewaysScrolling(owner);
  await expect(owner.locator("#leave")).toBeInViewport({ ratio: 1 });
  const box = await manageButton(owner).boundingBox();
  expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
  const dialog = await manage(owner);
  for (const part of PARTS) {
    await openPart(dialog, part);
    await expectNoSidewaysScrolling(owner);
    expect(await dialog.evaluate((one) => one.scrollWidth <= one.clientWidth), part).toBe(true);
  }
  const buttons = await dialog.getByRole("button").all();
  for (const button of buttons) {
    const size = await button.boundingBox();
    if (size) expect(Math.min(size.width, size.height), await button.innerText()).toBeGreaterThanOrEqual(44);
  }
  await dialog.getByLabel("언제 닫을까요").selectOption("5분 뒤");
  await dialog.locator("details[open]").getByRole("button", { name: "방 닫기" }).click();
  await closeDialog(owner);
  await expect(guest.getByRole("timer")).toBeVisible();
  await openActs(owner, await aliasOf(guest));
  await expectNoSidewaysScrolling(owner);
  await expectNoSidewaysScrolling(guest);
});

test("the room is managed by keyboard alone", async ({ arrive }) => {
  const owner = await arrive();
  await makeRoom(owner, { title: "자판만" });
  await peopleButton(owner).focus();
  await tabTo(owner, manageButton(owner));
  await owner.keyboard.press("Enter");
  const dialog = owner.locator("dialog");
  await tabTo(owner, dialog.getByLabel("방 제목"));
  await owner.keyboard.press("ControlOrMeta+a");
  await owner.keyboard.type("Tea");
  await owner.keyboard.press("Enter");
  await expect(owner.getByRole("heading", { level: 1, includeHidden: true })).toHaveText("Tea");
  await tabTo(owner, dialog.getByRole("switch"));
  await owner.keyboard.press("Space");
  await expect(dialog.getByRole("switch")).toBeChecked();
  await tabTo(owner, dialog.locator("summary").last());
  await owner.keyboard.press("Enter");
  await tabTo(owner, dialog.locator("details").getByRole("button", { name: "방 닫기" }));
  await owner.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(manageButton(owner)).toBeFocused();
});

async function tabTo(page: Page, target: Locator): Promise<void> {
  const isThere = (): Promise<boolean> => target.evaluate((one) => one === document.activeElement);
  for (let step = 0; step < 20 && !(await isThere()); step += 1) await page.keyboard.press("Tab");
  await expect(target).toBeFocused();
}
