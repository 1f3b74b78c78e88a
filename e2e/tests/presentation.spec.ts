// What holds on every page however it is looked at: with a keyboard, in forced colours, on paper.

import { expect, type Page, test } from "../support/fixtures.ts";
import { expectSaid, inRoom, makeRoom, say } from "../support/room.ts";
import { openSettings, settingsMenu, themeButton } from "../support/settings.ts";

const STOPS_MAX = 40;

type Stop = { what: string; width: number };

/** Every stop of the Tab key on the page, and the ring that is drawn there. */
async function tabStops(page: Page): Promise<Stop[]> {
  const stops: Stop[] = [];
  await page.locator("body").evaluate((body) => {
    (document.activeElement as HTMLElement | null)?.blur();
    body.tabIndex = -1;
    body.focus();
    body.removeAttribute("tabindex");
  });
  for (let count = 0; count < STOPS_MAX; count += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const focused = document.activeElement;
      if (!focused || focused === document.body) return undefined;
      // The field of the composer has its ring around the whole line.
      const ringed = [focused, focused.closest(".composer-row") ?? focused];
      const widths = ringed.map((element) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
        if (outlineStyle !== "none") return parseFloat(outlineWidth);
        return boxShadow === "none" ? 0 : 2;
      });
      return { what: focused.outerHTML.slice(0, 80), width: Math.max(...widths) };
    });
    if (!stop || stops[0]?.what === stop.what) break;
    stops.push(stop);
  }
  return stops;
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const forcedColors of ["none", "active"] as const) {
    test(`the focus can be seen wherever it goes: ${colorScheme}, forced colours ${forcedColors}`, async ({
      arrive,
    }) => {
      const page = await arrive({ colorScheme, forcedColors });
      const room = await makeRoom(page, { title: "잘 보이는 방" });
      for (const path of ["/", "/room", room]) {
        await page.goto(path);
        if (path === room) await inRoom(page);
        const stops = await tabStops(page);
        expect(stops.length, path).toBeGreaterThan(3);
        for (const { what, width } of stops) {
          expect(width, what).toBeGreaterThanOrEqual(2);
        }
      }
    });
  }
}

test("the skip link leads over the head, also past the menu", async ({ arrive }) => {
  const page = await arrive();
  await page.goto("/");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "본문으로 건너뛰기" });
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.locator("#content")).toBeFocused();
});

test("in forced colours the menu still shows what is chosen", async ({ arrive }) => {
  const page = await arrive({ forcedColors: "active" });
  await page.goto("/");
  await openSettings(page);
  await expect(settingsMenu(page)).toHaveCSS("border-top-style", "solid");
  const ground = (theme: "auto" | "light") =>
    themeButton(page, theme).evaluate((button) => getComputedStyle(button).backgroundColor);
  expect(await ground("auto")).not.toBe(await ground("light"));
});

test("on paper a room is its whole conversation, dark on light, without anything to press", async ({
  arrive,
}) => {
  const page = await arrive({ colorScheme: "dark", viewport: { width: 800, height: 400 } });
  await makeRoom(page, { title: "종이에" });
  const texts = Array.from({ length: 12 }, (_, index) => `줄 ${index + 1}`);
  for (const text of texts) await say(page, text);
  await expectSaid(page, texts);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const cut = await page.evaluate(() => {
    const [body, last] = [document.body, document.querySelector("#messages > li:last-child")];
    return body.scrollHeight < (last?.getBoundingClientRect().bottom ?? 0) || scrollY > 0;
  });
  expect(cut).toBe(false);
  await expect(page.getByText("줄 1", { exact: true })).toBeVisible();
  await expect(page.locator("button:visible")).toHaveCount(0);
  await expect(page.locator("html")).toHaveCSS("color-scheme", "light");
});
