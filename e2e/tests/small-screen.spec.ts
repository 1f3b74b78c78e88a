// A phone of 360 pixels shows everything without scrolling sideways; less motion breaks nothing.

import { expect, type Page, test } from "../support/fixtures.ts";
import { gif } from "../support/gif.ts";
import {
  composer,
  enterRoom,
  expectPictures,
  expectSaid,
  makeRoom,
  say,
  sendGif,
} from "../support/room.ts";

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const LONG_WORD = "가나다라마바사아자차카타파하".repeat(7);
const LONG_ADDRESS = `https://example.org/${"a".repeat(300)}`;

async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  const tooWide = await page.evaluate(() =>
    [document.documentElement, document.body, ...document.querySelectorAll(".timeline")]
      .filter((element) => element.scrollWidth > element.clientWidth)
      .map((element) => `${element.tagName}.${element.className}`),
  );
  expect(tooWide, `too wide on ${page.url()}`).toEqual([]);
  const outside = await page.evaluate(() =>
    [...document.querySelectorAll("a, button, textarea, input, h1, td, th, .bubble")]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
      .map((element) => element.outerHTML.slice(0, 80)),
  );
  expect(outside, `cut off on ${page.url()}`).toEqual([]);
}

test("no page of a phone scrolls sideways", async ({ arrive, watch }) => {
  watch.expect(/status of (401|404)/);
  const [phone, maker] = [await arrive(PHONE), await arrive()];
  const title = LONG_WORD.slice(0, 98);
  const secret = await makeRoom(maker, { title: `비${title}`, password: "열쇠", max: 1000 });
  const open = await makeRoom(maker, { title, max: 1000 });
  for (const path of ["/", "/?error=" + encodeURIComponent(LONG_WORD), "/room", secret, "/404"]) {
    await phone.goto(path);
    await expectNoSidewaysScrolling(phone);
  }
  await enterRoom(phone, open);
  await expectNoSidewaysScrolling(phone);
  await say(maker, LONG_WORD);
  await say(maker, LONG_ADDRESS);
  await say(phone, `${LONG_ADDRESS}\n${LONG_WORD}`);
  await sendGif(maker, { bytes: gif({ width: 900, height: 300 }) });
  await expectPictures(phone, 1);
  await expectSaid(phone, [LONG_WORD, LONG_ADDRESS, `${LONG_ADDRESS}\n${LONG_WORD}`]);
  await composer(phone).fill("줄\n".repeat(30));
  await expectNoSidewaysScrolling(phone);
  await expect(phone.locator("#send")).toBeInViewport();
  await expect(phone.locator("#leave")).toBeInViewport();
});

test("the buttons of a phone can be hit with a thumb", async ({ arrive }) => {
  const phone = await arrive(PHONE);
  await makeRoom(phone, { title: "엄지" });
  for (const id of ["#send", "#pick-gif", "#pick-emoji", "#leave"]) {
    const box = await phone.locator(id).boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0), id).toBeGreaterThanOrEqual(44);
  }
  await composer(phone).tap();
  await composer(phone).fill("톡");
  await phone.locator("#send").tap();
  await expectSaid(phone, ["톡"]);
});

test("with reduced motion everything works as well", async ({ arrive }) => {
  const [still, other] = [await arrive({ reducedMotion: "reduce" }), await arrive()];
  const room = await makeRoom(still, { title: "천천히" });
  await enterRoom(other, room);
  await say(still, "움직임 없이");
  await sendGif(still, { bytes: gif({ width: 80, height: 60, frames: 3 }) });
  await expectPictures(other, 1);
  await expectPictures(still, 1);
  await expectSaid(other, ["움직임 없이"]);
});

test("at twice the size of text nothing is lost", async ({ arrive }) => {
  // Half the pixels is what a page has left at 200 %.
  const page = await arrive({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
  await makeRoom(page, { title: "크게 보기" });
  await say(page, LONG_WORD);
  await expectSaid(page, [LONG_WORD]);
  await expectNoSidewaysScrolling(page);
  await expect(composer(page)).toBeInViewport();
});
