// What an owner does with people: sends them out, mutes them, hands the room over.

import { expect, type Locator, type Page, test } from "../support/fixtures.ts";
import { askAbout, manageButton, openActs, openPart, manage, peopleButton, peoplePanel } from "../support/owner.ts";
import { aliasOf, composer, enterRoom, expectSaid, makeRoom, say, seatCount, systemLines } from "../support/room.ts";

function ended(page: Page): Locator {
  return page.locator(".ended");
}

/** An owner and two others in one room. */
async function three(arrive: () => Promise<Page>): Promise<{ room: string; owner: Page; one: Page; two: Page }> {
  const [owner, one, two] = [await arrive(), await arrive(), await arrive()];
  const room = await makeRoom(owner, { title: "셋이서" });
  await enterRoom(one, room);
  await enterRoom(two, room);
  await expect(seatCount(owner)).toHaveText("3 / 10명");
  return { room, owner, one, two };
}

test("who is sent out is told why and until when, and cannot come back until that is undone", async ({ arrive, watch }) => {
  watch.expect(/status of 403/);
  const { room, owner, one, two } = await three(arrive);
  const alias = await aliasOf(one);
  const dialog = await askAbout(owner, alias, "내보내기");
  await dialog.getByLabel("얼마 동안").selectOption("1시간");
  await dialog.getByLabel("이유").fill("광고 <b>그만</b>");
  await dialog.getByRole("button", { name: "내보내기" }).click();
  await expect(ended(one)).toContainText("방장이 내보냈습니다.");
  await expect(ended(one)).toContainText(/(오전|오후) \d+:\d\d부터 다시 들어올 수 있습니다/);
  await expect(ended(one).locator("bdi")).toHaveText("광고 <b>그만</b>");
  await expect(ended(one).getByRole("link", { name: "로비로 돌아가기" })).toBeVisible();
  await expect(systemLines(two).last()).toContainText(`방장이 ${alias}님을 내보냈습니다.`);
  await expect(systemLines(two).last()).toContainText("이유: 광고 <b>그만</b>");
  await expect(seatCount(two)).toHaveText("2 / 10명");
  await expect(peopleButton(owner)).toBeFocused();

  await one.goto(room);
  await expect(one.locator("body")).toContainText("방장이 내보내서 지금은 이 방에 들어올 수 없습니다.");
  const bans = await openPart(await manage(owner), "내보낸 사람");
  await expect(bans).toContainText(alias);
  await bans.getByRole("button", { name: /다시 허락/ }).click();
  await expect(bans).toContainText("내보낸 사람이 없습니다.");
  await enterRoom(one, room);
  await expect(seatCount(two)).toHaveText("3 / 10명");
});

test("who is muted reads on, keeps the draft, and writes again when that ends", async ({ arrive }) => {
  const { owner, one, two } = await three(arrive);
  const alias = await aliasOf(one);
  await composer(one).fill("쓰던 말");
  const dialog = await askAbout(owner, alias, "글쓰기 막기");
  await dialog.getByRole("button", { name: "글쓰기 막기" }).click();
  await expect(one.locator("#room-rule")).toContainText(/까지 쓸 수 없습니다/);
  await expect(systemLines(two).last()).toContainText(`방장이 ${alias}님의 글쓰기를`);
  await expect(one.locator("#send")).toBeDisabled();
  await composer(one).press("Enter");
  await expect(composer(one)).toHaveValue("쓰던 말");
  await say(two, "들리나요");
  await expectSaid(one, ["들리나요"]);
  await peopleButton(two).click();
  await expect(peoplePanel(two)).toContainText("글쓰기 막힘");
  const acts = await openActs(owner, alias);
  await acts.getByRole("button", { name: "글쓰기 풀기" }).click();
  await expect(one.locator("#room-rule")).toBeEmpty();
  await expect(peoplePanel(two)).not.toContainText("글쓰기 막힘");
  await composer(one).press("Enter");
  await expectSaid(two, ["들리나요", "쓰던 말"]);
});

test("a room that is handed over is managed by the other one, at once", async ({ arrive }) => {
  const { owner, one, two } = await three(arrive);
  const [former, next] = [await aliasOf(owner), await aliasOf(one)];
  await expect(manageButton(owner)).toBeVisible();
  await expect(manageButton(one)).toHaveCount(0);
  const dialog = await askAbout(owner, next, "방장 넘기기");
  await expect(dialog).toContainText("이 방을 관리할 수 없습니다");
  await dialog.getByRole("button", { name: "방장 넘기기" }).click();
  await expect(manageButton(one)).toBeVisible();
  await expect(manageButton(owner)).toHaveCount(0);
  await expect(systemLines(two).last()).toHaveText(`${former}님이 ${next}님에게 방장을 넘겼습니다.`);
  await expect(two.locator("#room-facts bdi")).toHaveText(next);
  const acts = await openActs(owner, next);
  await expect(acts.getByRole("button", { name: "내보내기" })).toHaveCount(0);
});

test("everything with people works by keyboard alone, and cancelling gives the focus back", async ({ arrive }) => {
  const { owner, one } = await three(arrive);
  const alias = await aliasOf(one);
  await peopleButton(owner).focus();
  await owner.keyboard.press("Enter");
  const person = peoplePanel(owner).getByRole("listitem").filter({ hasText: alias });
  const more = person.getByRole("button", { name: `${alias}님에게 할 일` });
  for (let step = 0; step < 6 && !(await isFocused(more)); step += 1) await owner.keyboard.press("Tab");
  await expect(more).toBeFocused();
  await owner.keyboard.press("Enter");
  const kick = person.getByRole("button", { name: "내보내기", exact: true });
  for (let step = 0; step < 8 && !(await isFocused(kick)); step += 1) await owner.keyboard.press("Tab");
  await owner.keyboard.press("Enter");
  await expect(owner.locator("dialog")).toBeVisible();
  await owner.keyboard.press("Escape");
  await expect(owner.locator("dialog")).toHaveCount(0);
  await expect(peopleButton(owner)).toBeFocused();
  await expect(seatCount(one)).toHaveText("3 / 10명");
});

test("no whispers are taken from somebody, and they are again", async ({ arrive }) => {
  const { one, two } = await three(arrive);
  const acts = await openActs(one, await aliasOf(two));
  await acts.getByRole("button", { name: "귓속말 받지 않기" }).click();
  await acts.getByRole("button", { name: "귓속말 다시 받기" }).click();
  await expect(acts.getByRole("button", { name: "귓속말 받지 않기" })).toBeVisible();
  await acts.getByRole("button", { name: "귓속말 받지 않기" }).click();
  await expect(acts.getByRole("button", { name: "귓속말 다시 받기" })).toBeVisible();
  await one.reload();
  const again = await openActs(one, await aliasOf(two));
  await expect(again.getByRole("button", { name: "귓속말 다시 받기" })).toBeVisible();
});

async function isFocused(locator: Locator): Promise<boolean> {
  return locator.evaluate((element) => element === document.activeElement);
}
