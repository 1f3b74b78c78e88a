// The menu of choices in the head of every page.

import { expect, type Locator, type Page } from "@playwright/test";

export type Language = "ko" | "en";
export type Theme = "auto" | "light" | "dark";

export function settingsButton(page: Page): Locator {
  return page.locator("#settings-button");
}

export function settingsMenu(page: Page): Locator {
  return page.locator("#settings");
}

export async function openSettings(page: Page): Promise<void> {
  await settingsButton(page).click();
  await expect(settingsMenu(page)).toBeVisible();
  await menuAtRest(page);
}

/** A menu that still fades in has other colours. */
async function menuAtRest(page: Page): Promise<void> {
  await expect(settingsMenu(page)).toHaveCSS("opacity", "1");
}

export function languageButton(page: Page, language: Language): Locator {
  return page.locator(`#settings [name=language][value=${language}]`);
}

export function themeButton(page: Page, theme: Theme): Locator {
  return page.locator(`#settings [name=theme][value=${theme}]`);
}

/** Chooses in the open menu, and waits for the page in that language. */
export async function chooseLanguage(page: Page, language: Language): Promise<void> {
  const loadedAnew = page.waitForEvent("load");
  await languageButton(page, language).click();
  await loadedAnew;
  await expect(page.locator("html")).toHaveAttribute("lang", language);
  await expect(languageButton(page, language)).toHaveAttribute("aria-pressed", "true");
}

/** Chooses in the open menu; the page shows it at once. */
export async function chooseTheme(page: Page, theme: Theme): Promise<void> {
  const kept = page.waitForResponse("**/preferences");
  await themeButton(page, theme).click();
  await expectTheme(page, theme);
  expect((await kept).ok()).toBe(true);
}

export async function expectTheme(page: Page, theme: Theme): Promise<void> {
  const root = page.locator("html");
  if (theme === "auto") await expect(root).not.toHaveAttribute("data-theme", /./);
  else await expect(root).toHaveAttribute("data-theme", theme);
  await expect(themeButton(page, theme)).toHaveAttribute("aria-pressed", "true");
}

/** The colour behind everything, as it is painted. */
export async function background(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
}
