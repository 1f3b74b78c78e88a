// What one does with messages, in the words of the page.

import { expect, type Locator, type Page } from "@playwright/test";

/** The line of the message that has this text. */
export function line(page: Page, text: string): Locator {
  const bubble = page.locator(".bubble", { hasText: text });
  return page.locator("#messages > li.message:not(.system)").filter({ has: bubble }).last();
}

/** Opens the menu of a message as a mouse does. */
export async function openMenu(page: Page, message: Locator): Promise<Locator> {
  await message.hover();
  await message.locator(".more").click();
  const menu = page.getByRole("menu");
  await expect(menu).toBeVisible();
  return menu;
}

export async function choose(page: Page, message: Locator, item: string | RegExp): Promise<void> {
  const menu = await openMenu(page, message);
  await menu.getByRole("menuitem", { name: item }).click();
  await expect(menu).toHaveCount(0);
}
