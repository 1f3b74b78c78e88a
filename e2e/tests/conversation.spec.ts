// Answering, reacting, editing and removing: three people see the same.

import { expectAccessible } from "../support/accessible.ts";
import { expect, type Page, test } from "../support/fixtures.ts";
import { gif } from "../support/gif.ts";
import { expectNoSidewaysScrolling } from "../support/looks.ts";
import { aliasOf, composer, enterRoom, expectSaid, makeRoom, pictures, say, sendGif } from "../support/room.ts";
import { choose, line, openMenu } from "../support/talk.ts";

/** A Korean owner, an English and a Korean guest. */
async function meet(arrive: () => Promise<Page>, other: () => Promise<Page>): Promise<Page[]> {
  const pages = [await arrive(), await other(), await arrive()];
  const [owner, ...guests] = pages;
  if (!owner) throw new Error("nobody came");
  const path = await makeRoom(owner, { title: "이야기방" });
  for (const guest of guests) await enterRoom(guest, path);
  return pages;
}

test("an edited text is the new one for everybody, says so, and its quotes follow", async ({ arrive }) => {
  const [one, two, three] = (await meet(arrive, () => arrive({ locale: "en-US" }))) as [Page, Page, Page];
  await say(one, "첫 글");
  await expectSaid(two, ["첫 글"]);
  await choose(two, line(two, "첫 글"), "Reply");
  await say(two, "answer");
  await expect(line(two, "answer").locator(".quote-text")).toHaveText("첫 글");

  await expectSaid(one, ["첫 글", "answer"]);
  await choose(one, line(one, "첫 글"), "고치기");
  await one.getByRole("textbox", { name: "메시지 고치기" }).fill("고친 글");
  await expectAccessible(one, "editing");
  await one.keyboard.press("Enter");
  for (const page of [one, two, three]) {
    await expectSaid(page, ["고친 글", "answer"]);
    await expect(page.locator(".edited")).toHaveCount(1);
    await expect(line(page, "answer").locator(".quote-text")).toHaveText("고친 글");
  }
  await three.reload();
  await expectSaid(three, ["고친 글", "answer"]);
  await expect(line(three, "answer").locator(".quote-text")).toHaveText("고친 글");
});

test("the up arrow opens one's last text, and Escape leaves it as it was", async ({ arrive }) => {
  const one = await arrive();
  await makeRoom(one, { title: "혼자" });
  await say(one, "하나");
  await expectSaid(one, ["하나"]);
  await composer(one).press("ArrowUp");
  const field = one.getByRole("textbox", { name: "메시지 고치기" });
  await expect(field).toBeFocused();
  await field.press("End");
  await field.pressSequentially(" 더");
  await one.keyboard.press("Escape");
  await expectSaid(one, ["하나"]);
  await expect(line(one, "하나").locator(".more")).toBeFocused();
});

test("a removed message is a line without its words, after a calm question", async ({ arrive }) => {
  const [one, two, three] = (await meet(arrive, () => arrive({ locale: "en-US" }))) as [Page, Page, Page];
  await say(two, "mine");
  await say(three, "세 번째");
  await expectSaid(one, ["mine", "세 번째"]);

  await choose(two, line(two, "mine"), "Delete");
  const question = two.getByRole("dialog", { name: "Delete this message?" });
  await expectAccessible(two, "the question");
  await question.getByRole("button", { name: "Cancel" }).click();
  await expectSaid(one, ["mine", "세 번째"]);
  await choose(two, line(two, "mine"), "Delete");
  await question.getByRole("button", { name: "Delete" }).click();
  await expect(line(two, "This message was deleted.")).toBeVisible();

  await choose(one, line(one, "세 번째"), "지우기");
  await one.getByRole("dialog").getByRole("button", { name: "지우기" }).click();
  await expect(line(three, "방장이 지운 메시지입니다.")).toBeVisible();
  await three.reload();
  await expect(three.locator(".bubble.deleted")).toHaveText(["지워진 메시지입니다.", "방장이 지운 메시지입니다."]);
  await expectAccessible(three, "removed messages");
});

test("reactions are counted, named and taken back", async ({ arrive }) => {
  const [one, two, three] = (await meet(arrive, () => arrive({ locale: "en-US" }))) as [Page, Page, Page];
  await say(one, "좋은 소식");
  await expectSaid(two, ["좋은 소식"]);
  await expectSaid(three, ["좋은 소식"]);
  const menu = await openMenu(two, line(two, "좋은 소식"));
  await menu.getByRole("menuitemcheckbox", { name: "🎉" }).click();
  const party = (page: Page) => line(page, "좋은 소식").getByRole("button", { name: /^🎉/ });
  await expect(party(two)).toHaveAttribute("aria-pressed", "true");
  await expect(party(one)).toHaveAttribute("aria-pressed", "false");
  await party(one).click();
  await expect(party(three)).toHaveAccessibleName(/^🎉 2, /);
  await expect(party(one)).toHaveAccessibleName(/나/);
  await party(three).hover();
  await expect(three.locator(".reaction-names")).toContainText(await aliasOf(one));
  for (const colorScheme of ["light", "dark"] as const) {
    await one.emulateMedia({ colorScheme });
    await expectAccessible(one, `reactions, ${colorScheme}`);
  }
  await party(two).press("Enter");
  await expect(party(one)).toHaveAccessibleName(/^🎉 1, /);
  await party(one).click();
  await expect(party(three)).toHaveCount(0);
});

test("another emoji is given from the picker", async ({ arrive }) => {
  const [one, two] = (await meet(arrive, arrive)) as [Page, Page, Page];
  await say(one, "안녕");
  await expectSaid(two, ["안녕"]);
  await choose(two, line(two, "안녕"), "다른 이모지로 반응");
  await two.locator("#emoji-search").fill("고래");
  await two.keyboard.press("Enter");
  await expect(line(one, "안녕").getByRole("button", { name: /^🐳|^🐋/ })).toBeVisible();
  await expect(line(two, "안녕").locator(".more")).toBeFocused();
});

test("an answer shows what it answers and leads there, also to a picture and from a draft", async ({ arrive }) => {
  const [one, two] = (await meet(arrive, arrive)) as [Page, Page, Page];
  await sendGif(one, { bytes: gif({ width: 60, height: 40, frames: 2 }) });
  await expect(pictures(two)).toHaveCount(1);
  for (let at = 1; at <= 9; at += 1) await say(one, `긴 이야기 ${at}\n둘\n셋\n넷\n다섯\n여섯`);
  const picture = two.locator("#messages > li").filter({ has: two.locator("img.gif") });
  await choose(two, picture, "답장");
  await expect(two.locator("#reply-bar img")).toBeVisible();
  await composer(two).fill("예쁘다");
  await expect.poll(() => two.evaluate(() => JSON.stringify(localStorage))).toContain("예쁘다");
  await two.reload();
  await expect(two.locator("#reply-bar img")).toBeVisible();
  await composer(two).press("Enter");
  await expect(two.locator("#reply-bar")).toHaveCount(0);

  const quote = line(one, "예쁘다").locator("button.quote");
  await expect(quote.locator("img")).toBeVisible();
  await expect(one.locator("#messages > li").filter({ has: one.locator(".bubble img.gif") })).not.toBeInViewport();
  await quote.click();
  const answered = one.locator("#messages > li").filter({ has: one.locator(".bubble img.gif") });
  await expect(answered).toBeInViewport();
  await expect(answered).toBeFocused();
});

test("all of it works by keyboard alone, and the focus always comes back", async ({ arrive }) => {
  const [one, two] = (await meet(arrive, arrive)) as [Page, Page, Page];
  await say(one, "하나");
  await say(one, "둘");
  await expectSaid(two, ["하나", "둘"]);
  await composer(two).focus();
  await two.keyboard.press("Shift+Tab");
  for (let steps = 0; steps < 6; steps += 1) {
    if (await two.evaluate(() => document.activeElement?.classList.contains("more"))) break;
    await two.keyboard.press("Shift+Tab");
  }
  await expect(line(two, "둘").locator(".more")).toBeFocused();
  await two.keyboard.press("ArrowUp");
  await expect(line(two, "하나").locator(".more")).toBeFocused();
  await two.keyboard.press("Enter");
  await expect(two.getByRole("menuitemcheckbox").first()).toBeFocused();
  await expectAccessible(two, "the menu");
  await two.keyboard.press("ArrowRight");
  await two.keyboard.press("ArrowDown");
  await expect(two.getByRole("menuitem", { name: "답장" })).toBeFocused();
  await two.keyboard.press("Escape");
  await expect(two.getByRole("menu")).toHaveCount(0);
  await expect(line(two, "하나").locator(".more")).toBeFocused();
  await two.keyboard.press("Enter");
  await two.keyboard.press("ArrowDown");
  await two.keyboard.press("Enter");
  await expect(composer(two)).toBeFocused();
  await expect(two.locator("#reply-bar")).toContainText("하나");
  await two.keyboard.press("Escape");
  await expect(two.locator("#reply-bar")).toHaveCount(0);
});

test("on the smallest phone everything has its place", async ({ arrive }) => {
  const small = { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true };
  const [one, two] = [await arrive(), await arrive(small)];
  const path = await makeRoom(one, { title: "방" });
  await enterRoom(two, path);
  await say(one, "아주 긴 말을 한 줄에 다 쓰면 작은 화면에서는 몇 줄이 됩니다");
  const message = line(two, "아주 긴 말을");
  const box = await message.locator(".more").boundingBox();
  expect(box?.width).toBeGreaterThanOrEqual(44);
  expect(box?.height).toBeGreaterThanOrEqual(44);
  await message.locator(".more").tap();
  await expectNoSidewaysScrolling(two);
  await expectAccessible(two, "the menu on a phone");
  await two.getByRole("menuitem", { name: "답장" }).tap();
  await expect(two.locator("#reply-bar")).toBeVisible();
  await expectNoSidewaysScrolling(two);
});
