// Pictures of every page: Korean and English, light and dark, phone and desktop.

import type { BrowserContextOptions } from "@playwright/test";

import { type Arrive, expect, type Page, test } from "../support/fixtures.ts";
import { closeDialog, manage, openActs } from "../support/managing.ts";
import {
  aliasOf,
  enterRoom,
  expectPictures,
  expectSaid,
  lobbyLine,
  makeRoom,
  say,
  sendGif,
} from "../support/room.ts";
import { comeBack, turnAway } from "../support/sight.ts";
import { openMenu } from "../support/talk.ts";
import { expectWhispered, whisperBar, whisperByName } from "../support/whisper.ts";
import { aurora, bouncingBall } from "./paintings.ts";

const SIZES = {
  phone: {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
  },
  desktop: { viewport: { width: 1280, height: 800 } },
} satisfies Record<string, BrowserContextOptions>;

const WORDS = {
  ko: {
    rooms: ["점심 뭐 먹지?", "고양이 움짤 모음", "알고리즘 스터디 7조"],
    talk: [
      "오늘 점심은 뭐 먹을까요?",
      "비 오니까 칼국수 어때요",
      "좋아요! 파전도 같이 시켜요 🥢",
      "열두 시에 정문 앞에서 만나요.\n우산 챙기세요!",
      "네, 이따 봬요",
    ],
    later: ["정문에 도착했어요", "메뉴는 https://example.org/menu 에 있어요"],
    last: "지금 나가요",
  },
  en: {
    rooms: ["Lunch today?", "Cats, only cats", "Algorithms study group 7"],
    talk: [
      "What shall we have for lunch today?",
      "It is raining, how about noodle soup",
      "Yes! And pancakes with it 🥢",
      "Meet at twelve at the main gate.\nBring an umbrella!",
      "See you then",
    ],
    later: ["I am at the gate", "The menu is at https://example.org/menu"],
    last: "On my way",
  },
};

type Locale = keyof typeof WORDS;

test.use({ settings: { GIFCHAT_GRACE: "60s" } });

/** Three people, some texts and some GIFs. */
async function talk(people: Page[], locale: Locale): Promise<void> {
  const [maker, second, third] = people as [Page, Page, Page];
  const said = WORDS[locale].talk;
  const [question = "", idea = "", agreement = "", plan = "", goodbye = ""] = said;
  await say(maker, question);
  await expectSaid(third, said.slice(0, 1));
  await sendGif(second, { bytes: aurora() });
  await expectPictures(third, 1);
  await say(second, idea);
  await expectSaid(third, said.slice(0, 2));
  await say(third, agreement);
  await expectSaid(third, said.slice(0, 3));
  await sendGif(maker, { bytes: bouncingBall() });
  await expectPictures(third, 2);
  await say(maker, plan);
  await expectSaid(third, said.slice(0, 4));
  await say(second, goodbye);
  await expectSaid(maker, said);
}

type Studio = {
  arrive: Arrive;
  locale: Locale;
  visitor: BrowserContextOptions;
  shoot: (page: Page, name: string) => Promise<void>;
};

async function photographForms({ arrive, locale, visitor, shoot }: Studio): Promise<void> {
  const page = await arrive(visitor);
  const [lunch, cats, study] = WORDS[locale].rooms as [string, string, string];
  await page.goto("/");
  await shoot(page, "lobby-empty");
  await page.goto("/room");
  await shoot(page, "create");
  await page.locator("#max").fill("1");
  await page.locator("form [type=submit]:visible").last().click();
  await expect(page.locator(".field-error:visible")).toHaveCount(2);
  await shoot(page, "create-refused");
  const [first, second, third] = [await arrive(), await arrive(), await arrive()];
  const open = await makeRoom(first, { title: lunch, max: 2 });
  const secret = await makeRoom(second, { title: study, max: 7, password: "7" });
  await makeRoom(third, { title: cats, max: 30 });
  await third.locator("#leave").click();
  await third.waitForURL("/");
  await enterRoom(third, open);
  await page.goto("/");
  await expect(page.locator(".closing:not(:empty)")).toHaveCount(1);
  await shoot(page, "lobby");
  await lobbyLine(page, study).locator("[data-slot=enter]").click();
  const dialog = page.getByRole("dialog").filter({ hasText: study });
  await expect(dialog.locator("input")).toBeFocused();
  await shoot(page, "password-dialog");
  await dialog.locator("input").fill("8");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).not.toBeEmpty();
  await shoot(page, "password-dialog-wrong");
  await page.goto(secret);
  await shoot(page, "password");
  await page.goto("/nowhere");
  await shoot(page, "error");
}

async function photographRoom({ arrive, locale, visitor, shoot }: Studio): Promise<void> {
  const page = await arrive(visitor);
  const room = await makeRoom(page, { title: WORDS[locale].rooms[0] ?? "" });
  await shoot(page, "room-empty");
  const others = [await arrive({ locale: visitor.locale ?? "ko-KR" }), await arrive()];
  for (const other of others) await enterRoom(other, room);
  await talk([page, ...others], locale);
  await shoot(page, "room-busy");
  await photographPanels(page, shoot);
  await photographPeople(page, others[0] as Page, shoot);
  await turnAway(page);
  for (const text of WORDS[locale].later) await say(others[1] as Page, text);
  await expect(page.getByText(WORDS[locale].later.at(-1) ?? "")).toBeVisible();
  await comeBack(page);
  await shoot(page, "room-unread");
  // Six seconds for each frame: longer than the server takes.
  await sendGif(page, { bytes: bouncingBall(600) });
  await expect(page.locator("#pending .problem")).toBeVisible();
  await shoot(page, "room-failed");
  await page.context().setOffline(true);
  await say(page, WORDS[locale].last);
  await expect(page.locator("#connection")).not.toBeEmpty();
  await expect(page.locator("#pending .state")).toBeVisible();
  await shoot(page, "room-offline");
}

/** What opens over a room. */
async function photographPanels(page: Page, shoot: Studio["shoot"]): Promise<void> {
  const panels = [
    ["room-people", ".people-button", ".person"],
    ["room-menu", "#settings-button", "#settings button"],
    ["room-emojis", "#pick-emoji", "#emoji-panel [role=option]"],
  ] as const;
  for (const [name, button, content] of panels) {
    await page.locator(button).click();
    await expect(page.locator(content).first()).toBeVisible();
    await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)));
    await shoot(page, name);
    await page.keyboard.press("Escape");
    await expect(page.locator(content).first()).toBeHidden();
  }
}

/** What people do with each other, and what an owner does. */
async function photographPeople(page: Page, other: Page, shoot: Studio["shoot"]): Promise<void> {
  const own = page.locator("#messages .message.own").last();
  const theirs = page.locator("#messages .message:not(.own, .system)").last();
  const menu = await openMenu(page, theirs);
  await shoot(page, "message-menu");
  await menu.getByRole("menuitemcheckbox", { name: "👍" }).click();
  await expect(theirs.locator(".reactions")).toBeVisible();
  await whisperByName(other, await aliasOf(page));
  await say(other, "🤫");
  await expectWhispered(page, ["🤫"]);
  await page.locator("#messages .whisper button").click();
  await expect(whisperBar(page)).toBeVisible();
  await shoot(page, "room-whisper");
  await page.locator("#composer").press("Escape");
  await expect(whisperBar(page)).toHaveCount(0);
  await expect(own).toBeVisible();
  await openActs(page, await aliasOf(other));
  await shoot(page, "person-acts");
  await page.keyboard.press("Escape");
  await manage(page);
  await shoot(page, "owner");
  await closeDialog(page);
}

for (const locale of ["ko", "en"] as const) {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const [size, device] of Object.entries(SIZES)) {
      test(`${locale} ${colorScheme} ${size}`, async ({ arrive, server, watch }) => {
        watch.expect(/status of (401|404|422)/, /net::ERR_/, /WebSocket connection to .* failed/);
        watch.allowHost(new URL(server.urlByNumber).host);
        const shoot = async (page: Page, name: string): Promise<void> => {
          const path = `results/screenshots/${name}-${locale}-${colorScheme}-${size}.png`;
          await page.screenshot({ path });
        };
        const language = locale === "ko" ? "ko-KR" : "en-GB";
        const visitor = { ...device, colorScheme, locale: language, baseURL: server.urlByNumber };
        const studio = { arrive, locale, visitor, shoot };
        await photographForms(studio);
        await photographRoom(studio);
      });
    }
  }
}
