// How a page lies on its screen.

import { expect, type Page } from "@playwright/test";

/** Nothing is wider than the screen, and nothing that one could read or press stands beside it. */
export async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  const tooWide = await page.evaluate(() =>
    [
      document.documentElement,
      document.body,
      ...document.querySelectorAll(".timeline, [popover]"),
    ]
      .filter((element) => element.scrollWidth > element.clientWidth)
      .map((element) => `${element.tagName}.${element.className}`),
  );
  expect(tooWide, `too wide on ${page.url()}`).toEqual([]);
  const outside = await page.evaluate(() => {
    const isOnlyRead = (element: Element | null): boolean =>
      element !== null &&
      (getComputedStyle(element).clipPath === "inset(50%)" || isOnlyRead(element.parentElement));
    return [...document.querySelectorAll("a, button, textarea, input, h1, td, th, .bubble, [popover]")]
      .filter((element) => {
        const { left, right } = element.getBoundingClientRect();
        return right > innerWidth + 1 || (left < -1 && right > 0);
      })
      .filter((element) => !isOnlyRead(element))
      .map((element) => element.outerHTML.slice(0, 80));
  });
  expect(outside, `cut off on ${page.url()}`).toEqual([]);
}
