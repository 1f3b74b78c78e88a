// What an owner does, by the page, and how the others find the people of a room.

import { expect, type Locator, type Page } from "@playwright/test";

export function peopleButton(page: Page): Locator {
  return page.locator(".people-button");
}

export function peoplePanel(page: Page): Locator {
  return page.locator("#people");
}

/** Opens what can be done with somebody, in the list of people. */
export async function openActs(page: Page, alias: string): Promise<Locator> {
  if (!(await peoplePanel(page).isVisible())) await peopleButton(page).click();
  const person = peoplePanel(page).getByRole("listitem").filter({ hasText: alias });
  await person.getByRole("button", { expanded: false }).click();
  return person.getByRole("group");
}

/** Chooses one of them; gives the dialog that asks about it. */
export async function askAbout(page: Page, alias: string, act: string): Promise<Locator> {
  const acts = await openActs(page, alias);
  await acts.getByRole("button", { name: act, exact: true }).click();
  const dialog = page.locator("dialog");
  await expect(dialog).toBeVisible();
  return dialog;
}

export function manageButton(page: Page): Locator {
  return page.locator("#manage");
}

/** Opens the owner's dialog. */
export async function manage(page: Page): Promise<Locator> {
  await manageButton(page).click();
  const dialog = page.locator("dialog");
  await expect(dialog).toBeVisible();
  return dialog;
}

/** Opens a part of it, by its heading. */
export async function openPart(dialog: Locator, heading: string): Promise<Locator> {
  const part = dialog.locator("details").filter({ hasText: heading });
  await part.locator("summary").click();
  return part;
}

export async function closeDialog(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await expect(page.locator("dialog")).toHaveCount(0);
}
