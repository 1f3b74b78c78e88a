// The picker of emojis: by keyboard, by mouse, by thumb, by name, and without a network.

import { expectAccessible } from "../support/accessible.ts";
import { expect, type Locator, type Page, test, UNREACHABLE } from "../support/fixtures.ts";
import { composer, expectSaid, makeRoom, say } from "../support/room.ts";
import { commit, compose, inputMethod, press, TAKEN_ENTER } from "../support/typing.ts";

const PHONE = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };

const button = (page: Page): Locator => page.locator("#pick-emoji");
const panel = (page: Page): Locator => page.locator("#emoji-panel");
const field = (page: Page): Locator => page.locator("#emoji-search");
const shown = (page: Page): Locator => panel(page).locator(".emoji-list:not([hidden]) .emoji");

async function open(page: Page): Promise<void> {
  await button(page).click();
  await expect(shown(page).first()).toBeVisible();
}

test("one finds an emoji by keyboard, puts it at the caret, and goes on writing", async ({ arrive }) => {
  const page = await arrive();
  await makeRoom(page, { title: "그림 글자" });
  await composer(page).fill("앞뒤");
  await composer(page).press("ArrowLeft");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(field(page)).toBeFocused();
  await page.keyboard.type("pizza");
  await expect(panel(page).getByRole("option", { name: "피자" })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await expect(shown(page).first()).toBeFocused();
  const second = shown(page).nth(1);
  await page.keyboard.press("ArrowRight");
  await expect(second).toBeFocused();
  const emoji = (await second.innerText()).trim();
  await page.keyboard.press("Enter");
  await expect(panel(page)).toHaveCount(0);
  await expect(composer(page)).toBeFocused();
  await page.keyboard.type("!");
  await expect(composer(page)).toHaveValue(`앞${emoji}!뒤`);
  await page.keyboard.press("Enter");
  await expectSaid(page, [`앞${emoji}!뒤`]);
});

test("Escape closes the picker and nothing else; the caret stays where it was", async ({ arrive }) => {
  const page = await arrive();
  await makeRoom(page, { title: "닫기" });
  await composer(page).fill("앞뒤");
  await composer(page).press("ArrowLeft");
  await open(page);
  await expect(button(page)).toHaveAttribute("aria-expanded", "true");
  await page.keyboard.press("Escape");
  await expect(panel(page)).toHaveCount(0);
  await expect(composer(page)).toBeFocused();
  await page.keyboard.type("-");
  await expect(composer(page)).toHaveValue("앞-뒤");
  await open(page);
  await page.getByRole("log").click({ position: { x: 5, y: 5 } });
  await expect(panel(page)).toHaveCount(0);
});

test("arrows lead through the groups, up leads back to the search, letters lead there too", async ({
  arrive,
}) => {
  const page = await arrive();
  await makeRoom(page, { title: "화살표" });
  await open(page);
  await expect(panel(page).getByRole("group")).toHaveCount(9);
  await page.keyboard.press("ArrowDown");
  await expect(shown(page).first()).toBeFocused();
  await page.keyboard.press("End");
  await expect(shown(page).last()).toBeFocused();
  await expect(shown(page).last()).toBeInViewport();
  await page.keyboard.press("Home");
  for (let row = 0; row < 20; row += 1) await page.keyboard.press("ArrowDown");
  await expect(panel(page).getByRole("group", { name: "사람과 몸" }).locator(":focus")).toBeInViewport();
  for (let row = 0; row < 21; row += 1) await page.keyboard.press("ArrowUp");
  await expect(field(page)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.type("cat");
  await expect(field(page)).toBeFocused();
  await expect(field(page)).toHaveValue("cat");
});

test("a Korean word finds while it is being composed, and one Enter takes the first", async ({
  arrive,
}) => {
  const page = await arrive();
  await makeRoom(page, { title: "한글로 찾기" });
  await open(page);
  const session = await inputMethod(page);
  for (const step of ["ㅎ", "하", "핱", "하트"]) {
    await compose(session, [step]);
    await expect(panel(page).getByRole("group", { name: "찾은 이모지" })).toBeVisible();
  }
  await expect(shown(page).first()).toHaveText("♥️");
  await expect(panel(page).getByRole("status")).toContainText("개 찾음");
  await press(session, TAKEN_ENTER);
  await commit(session, "하트");
  await expect(composer(page)).toHaveValue("♥️");
  await expect(panel(page)).toHaveCount(0);
});

test("several are taken with Shift, the last ones stand first, and a skin tone is kept", async ({
  arrive,
}) => {
  const page = await arrive();
  await makeRoom(page, { title: "자주 쓰는" });
  await open(page);
  await field(page).press("Enter");
  await expect(panel(page)).toBeVisible();
  await panel(page).locator("#emoji-tone").selectOption("5");
  await field(page).fill("wave");
  await panel(page).getByRole("option", { name: "흔드는 손", exact: true }).click({ modifiers: ["Shift"] });
  await field(page).fill("피자");
  await field(page).press("Shift+Enter");
  await expect(composer(page)).toHaveValue("👋🏿🍕");
  await page.reload();
  await open(page);
  const recent = panel(page).getByRole("group", { name: "최근에 쓴 이모지" });
  await expect(recent.getByRole("option")).toHaveText(["🍕", "👋🏿"]);
  await expect(panel(page).locator("#emoji-tone")).toHaveValue("5");
});

test("the reader's language names the emojis, and only its list is loaded, once", async ({ arrive }) => {
  const page = await arrive({ locale: "en-US" });
  await makeRoom(page, { title: "Emojis" });
  const loaded: string[] = [];
  page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
  await open(page);
  const lists = () => loaded.filter((path) => path.startsWith("/assets/emojis-"));
  expect(lists()).toEqual([expect.stringMatching(/emojis-en-/)]);
  await expect(panel(page).getByRole("option", { name: "grinning face", exact: true })).toBeVisible();
  const all = [...loaded];
  await page.keyboard.press("Escape");
  await open(page);
  expect(loaded).toEqual(all);
});

test("only what the system draws is offered", async ({ arrive }) => {
  const page = await arrive();
  await makeRoom(page, { title: "그릴 수 있는 것" });
  await open(page);
  const group = panel(page).getByRole("group", { name: "깃발" });
  await expect(group).toBeAttached();
  const empty = await panel(page).evaluate((panel) => {
    const pen = new OffscreenCanvas(32, 32).getContext("2d", { willReadFrequently: true });
    if (!pen) throw new Error("no canvas");
    const family = getComputedStyle(document.documentElement).getPropertyValue("--font-emoji");
    pen.font = `20px ${family}`;
    pen.textBaseline = "top";
    return [...panel.querySelectorAll(".emoji")]
      .map((cell) => cell.textContent?.trim() ?? "")
      .filter((emoji) => {
        pen.clearRect(0, 0, 32, 32);
        pen.fillText(emoji, 0, 4);
        return !pen.getImageData(0, 0, 32, 32).data.some((value) => value > 0);
      });
  });
  expect(empty).toEqual([]);
});

test("without a network it says so, and loads when asked again", async ({ arrive, watch }) => {
  watch.expect(...UNREACHABLE);
  const page = await arrive();
  await makeRoom(page, { title: "끊긴 그림" });
  await composer(page).fill("쓰던 글");
  await page.route("**/assets/emoji-*", (route) => route.abort());
  await button(page).click();
  await expect(panel(page).getByRole("alert")).toContainText("연결을 확인하고");
  await expectAccessible(page, "a picker that could not be loaded");
  await page.unroute("**/assets/emoji-*");
  await panel(page).getByRole("button", { name: "다시 불러오기" }).click();
  await expect(shown(page).first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(composer(page)).toHaveValue("쓰던 글");
});

test("on a small phone the picker fits, opens no keyboard, and takes several", async ({ arrive }) => {
  const page = await arrive(PHONE);
  await makeRoom(page, { title: "작은 전화" });
  await say(page, "안녕");
  await composer(page).tap();
  await composer(page).fill("앞");
  await button(page).tap();
  await expect(shown(page).first()).toBeVisible();
  await expect(field(page)).not.toBeFocused();
  await expect(composer(page)).not.toBeFocused();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBe(320);
  await expect(page.locator(".room-head")).toBeInViewport({ ratio: 1 });
  await expect(panel(page)).toBeInViewport({ ratio: 1 });
  for (const target of [shown(page).first(), panel(page).locator("button").first(), field(page)]) {
    const box = await target.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(40);
  }
  await shown(page).nth(0).tap();
  await shown(page).nth(8).tap();
  await expect(composer(page)).toHaveValue(/^앞\p{Extended_Pictographic}{2}$/u);
  await expect(composer(page)).not.toBeFocused();
  const text = await composer(page).inputValue();
  await page.locator("#send").tap();
  await expectSaid(page, ["안녕", text]);
  await button(page).tap();
  await expect(shown(page).first()).toBeVisible();
  await composer(page).tap();
  await expect(panel(page)).toHaveCount(0);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the picker is accessible in ${colorScheme}`, async ({ arrive }) => {
    // Two thousand emojis are many to judge.
    test.slow();
    const page = await arrive({ colorScheme });
    await makeRoom(page, { title: "모두의 그림" });
    await open(page);
    await expectAccessible(page, "open", ".emoji-group:nth-child(n + 2)");
    await field(page).fill("하트");
    await expect(panel(page).getByRole("group", { name: "찾은 이모지" })).toBeVisible();
    await expectAccessible(page, "with results");
    await field(page).fill("쀍쀍");
    await expect(panel(page).getByText("맞는 이모지가 없습니다")).toBeVisible();
    await expectAccessible(page, "without results");
  });
}
