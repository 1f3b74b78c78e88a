// Language and theme by the reader's choice: on every page, with scripts and without, remembered.

import { expect, test } from "../support/fixtures.ts";
import { expectAccessible } from "../support/accessible.ts";
import { composer, expectSaid, inRoom, makeRoom, say } from "../support/room.ts";
import {
  background,
  chooseLanguage,
  chooseTheme,
  expectTheme,
  languageButton,
  openSettings,
  settingsButton,
  settingsMenu,
  themeButton,
} from "../support/settings.ts";

const LIGHT = "rgb(247, 249, 247)";
const DARK = "rgb(20, 26, 24)";

test("without scripts the menu changes language and theme, and leads back", async ({
  arrive,
  watch,
}) => {
  watch.expect(/status of 404/);
  const [maker, reader] = [await arrive(), await arrive({ javaScriptEnabled: false })];
  const open = await makeRoom(maker, { title: "열린 방" });
  const secret = await makeRoom(maker, { title: "잠긴 방", password: "열쇠" });
  for (const path of ["/", "/room", open, secret, "/nowhere"]) {
    await reader.goto(path);
    await settingsButton(reader).click();
    await languageButton(reader, "en").click();
    await expect(reader.locator("html")).toHaveAttribute("lang", "en");
    expect(new URL(reader.url()).pathname).toBe(path);
    await settingsButton(reader).click();
    await themeButton(reader, "dark").click();
    await expectTheme(reader, "dark");
    expect(await background(reader)).toBe(DARK);
    expect(new URL(reader.url()).pathname).toBe(path);
    await settingsButton(reader).click();
    await themeButton(reader, "auto").click();
    await expectTheme(reader, "auto");
    await settingsButton(reader).click();
    await languageButton(reader, "ko").click();
    await expect(reader.locator("html")).toHaveAttribute("lang", "ko");
  }
});

test("a refused form leads back to the page that it stands on", async ({ arrive, watch }) => {
  watch.expect(/status of 401/);
  const [maker, reader] = [await arrive(), await arrive({ javaScriptEnabled: false })];
  const secret = await makeRoom(maker, { title: "잠긴 방", password: "열쇠" });
  await reader.goto(secret);
  await reader.locator("#password").fill("아님");
  await reader.getByRole("button", { name: "입장" }).click();
  await expect(reader.getByRole("alert")).toBeVisible();
  await settingsButton(reader).click();
  await languageButton(reader, "en").click();
  await expect(reader.getByLabel("Password")).toBeVisible();
  expect(new URL(reader.url()).pathname).toBe(secret);
});

test("the choice is there on every page and on the next visit", async ({ arrive, watch }) => {
  watch.expect(/status of 404/);
  const page = await arrive({ colorScheme: "light" });
  await page.goto("/");
  await openSettings(page);
  await chooseTheme(page, "dark");
  await chooseLanguage(page, "en");
  const room = await makeRoom(page, { title: "Everywhere" });
  for (const path of ["/", "/room", room, "/nowhere"]) {
    const next = await page.context().newPage();
    await next.goto(path);
    await expect(next.locator("html")).toHaveAttribute("lang", "en");
    expect(await background(next)).toBe(DARK);
    await next.close();
  }
});

test("a theme is there at once, without a reload, and in every open tab", async ({ arrive }) => {
  const page = await arrive({ colorScheme: "light" });
  const room = await makeRoom(page, { title: "두 탭" });
  await composer(page).fill("쓰다 만 글");
  const other = await page.context().newPage();
  await other.goto("/");
  expect(await background(other)).toBe(LIGHT);
  await openSettings(page);
  await chooseTheme(page, "dark");
  expect(await background(page)).toBe(DARK);
  await expect(composer(page)).toHaveValue("쓰다 만 글");
  await expectTheme(other, "dark");
  expect(await background(other)).toBe(DARK);
  for (const tab of [page, other]) {
    const bars = tab.locator("meta[name=theme-color]");
    for (const bar of await bars.all()) await expect(bar).toHaveAttribute("content", "#141a18");
  }
  await chooseTheme(page, "auto");
  await expectTheme(other, "auto");
  expect(await background(other)).toBe(LIGHT);
  await other.goto(room);
  await expectTheme(other, "auto");
});

test("a theme by choice does not follow the system, auto does", async ({ arrive }) => {
  const page = await arrive({ colorScheme: "dark" });
  await page.goto("/");
  expect(await background(page)).toBe(DARK);
  await openSettings(page);
  await chooseTheme(page, "light");
  expect(await background(page)).toBe(LIGHT);
  await page.reload();
  expect(await background(page)).toBe(LIGHT);
  await openSettings(page);
  await chooseTheme(page, "auto");
  expect(await background(page)).toBe(DARK);
  await page.emulateMedia({ colorScheme: "light" });
  expect(await background(page)).toBe(LIGHT);
});

test("another language in the room loses nothing that was said", async ({ arrive }) => {
  const page = await arrive();
  await makeRoom(page, { title: "바꿔 읽기" });
  await say(page, "한 마디");
  await expectSaid(page, ["한 마디"]);
  await openSettings(page);
  await languageButton(page, "en").click();
  await expect(page.getByRole("button", { name: "Leave" })).toBeVisible();
  await inRoom(page);
  await expectSaid(page, ["한 마디"]);
  await page.goBack();
  await expect(page, "the reload is no step of its own").not.toHaveURL(/\/room\/.+/);
});

test("a choice that cannot be kept says so", async ({ arrive, watch }) => {
  watch.expect(/net::ERR/, /WebSocket/, /status of 503/);
  const page = await arrive();
  await page.goto("/");
  await openSettings(page);
  await page.route("**/preferences", (route) => route.abort());
  await languageButton(page, "en").click();
  await expect(page.getByRole("alert")).toContainText("바꾸지 못했습니다");
  await page.unroute("**/preferences");
  await chooseLanguage(page, "en");
});

test("the menu opens and closes by keyboard, and focus comes back", async ({ arrive }) => {
  const page = await arrive();
  await page.goto("/");
  const button = page.getByRole("button", { name: "보기 설정" });
  await button.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "보기 설정" })).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "한국어" })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "English" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(settingsMenu(page)).toBeHidden();
  await expect(button).toBeFocused();
  await page.keyboard.press("Enter");
  await page.mouse.click(10, 400);
  await expect(settingsMenu(page)).toBeHidden();
});

for (const [system, theme] of [["light", "dark"], ["dark", "light"]] as const) {
  for (const language of ["ko", "en"] as const) {
    test(`the open menu is accessible, ${theme} on a ${system} system, in ${language}`, async ({
      arrive,
    }) => {
      const page = await arrive({ colorScheme: system });
      await page.goto("/");
      await openSettings(page);
      await chooseTheme(page, theme);
      await chooseLanguage(page, language);
      await openSettings(page);
      await expectAccessible(page, "lobby");
      await makeRoom(page, { title: "모두의 방" });
      await openSettings(page);
      await expectAccessible(page, "room");
    });
  }
}
