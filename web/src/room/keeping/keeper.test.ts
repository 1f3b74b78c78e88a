import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { PendingText } from "../outbox.ts";
import { Browser } from "../testing/visit.ts";
import type { ChosenGif } from "../uploads.ts";
import { KEPT_MS_MAX, SENT_UNASKED_MS_MAX } from "./keeper.ts";

function text(clientId: string, rest: Partial<PendingText> = {}): PendingText {
  const writtenAt = Date.now();
  return { clientId, text: `text ${clientId}`, author: "me", writtenAt, state: "waiting", ...rest };
}

function gif(clientId: string, rest: Partial<ChosenGif> = {}): ChosenGif {
  const file = new Blob(["GIF89a"]);
  const size = { width: 4, height: 3 };
  const writtenAt = Date.now();
  return { clientId, file, ...size, author: "me", writtenAt, state: "waiting", ...rest };
}

const names = (items: readonly { clientId: string }[]) => items.map(({ clientId }) => clientId);

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("the same tab after a reload", () => {
  test("finds its texts in order, and those that failed as failed", async () => {
    const browser = new Browser();
    const before = browser.page();
    await before.keeper.restore();
    const failed = text("b", { state: "failed", problem: "Too long." });
    before.keeper.keepTexts([text("a", { state: "sending" }), failed, text("c")]);
    before.goes();
    const { texts } = await browser.page(before.queue).keeper.restore();
    expect(texts).toEqual([text("a"), failed, text("c")]);
  });

  test("finds its GIFs with their files", async () => {
    const browser = new Browser();
    const before = browser.page();
    await before.keeper.restore();
    await before.keeper.keepGif(gif("a"));
    before.goes();
    const { gifs } = await browser.page(before.queue).keeper.restore();
    expect(gifs).toEqual([gif("a")]);
  });

  test("finds neither what the room has nor what was given up", async () => {
    const browser = new Browser();
    const before = browser.page();
    await before.keeper.restore();
    before.keeper.keepTexts([text("a"), text("b")]);
    before.keeper.keepTexts([text("b", { state: "sent" })]);
    await before.keeper.keepGif(gif("c"));
    before.keeper.forgetGif("c");
    before.goes();
    const kept = await browser.page(before.queue).keeper.restore();
    expect(kept).toEqual({ texts: [], gifs: [] });
    expect(browser.shelf.length).toBe(0);
  });

  test("keeps them through a second reload", async () => {
    const browser = new Browser();
    const first = browser.page();
    await first.keeper.restore();
    first.keeper.keepTexts([text("a")]);
    await first.keeper.keepGif(gif("b"));
    first.goes();
    const second = browser.page(first.queue);
    await second.keeper.restore();
    expect(second.keeper.holds("a") && second.keeper.holds("b")).toBe(true);
    second.goes();
    const { texts, gifs } = await browser.page(second.queue).keeper.restore();
    expect(names([...texts, ...gifs])).toEqual(["a", "b"]);
  });

  test("shows what was written long ago, but leaves sending it to the writer", async () => {
    const browser = new Browser();
    const before = browser.page();
    await before.keeper.restore();
    before.keeper.keepTexts([text("a")]);
    await before.keeper.keepGif(gif("b"));
    before.goes();
    vi.advanceTimersByTime(SENT_UNASKED_MS_MAX + 1);
    const { texts, gifs } = await browser.page(before.queue).keeper.restore();
    for (const item of [...texts, ...gifs]) {
      expect(item).toMatchObject({ state: "failed", problem: "Written long ago." });
    }
  });

  test("finds nothing older than a day, whatever room it was for", async () => {
    const browser = new Browser();
    const before = browser.page();
    await before.keeper.restore();
    before.keeper.keepTexts([text("a")]);
    await before.keeper.keepGif(gif("b"));
    before.goes();
    browser.shelf.setItem("gif-chat.outbox/elsewhere/queue", JSON.stringify([text("c")]));
    vi.advanceTimersByTime(KEPT_MS_MAX + 1);
    expect(await browser.page(before.queue).keeper.restore()).toEqual({ texts: [], gifs: [] });
    expect(browser.shelf.length).toBe(0);
    expect(browser.gifs.kept.size).toBe(0);
  });
});

describe("several tabs", () => {
  test("leave each other's unsent things alone while both live", async () => {
    const browser = new Browser();
    const [one, two] = [browser.page(), browser.page()];
    await one.keeper.restore();
    await two.keeper.restore();
    one.keeper.keepTexts([text("a")]);
    await one.keeper.keepGif(gif("b"));
    expect(await two.keeper.adopt("me")).toEqual({ texts: [], gifs: [] });
  });

  test("a duplicated one does not take the queue that it was copied with", async () => {
    const browser = new Browser();
    const one = browser.page();
    await one.keeper.restore();
    one.keeper.keepTexts([text("a")]);
    const copy = browser.page(one.queue);
    expect(await copy.keeper.restore()).toEqual({ texts: [], gifs: [] });
  });

  test("take up what a closed one left, once", async () => {
    const browser = new Browser();
    const gone = browser.page();
    await gone.keeper.restore();
    gone.keeper.keepTexts([text("a")]);
    await gone.keeper.keepGif(gif("b"));
    gone.goes();
    const [one, two] = [browser.page(), browser.page()];
    await one.keeper.restore();
    await two.keeper.restore();
    const kept = await one.keeper.adopt("me");
    expect(names([...kept.texts, ...kept.gifs])).toEqual(["a", "b"]);
    expect(await two.keeper.adopt("me")).toEqual({ texts: [], gifs: [] });
    expect(one.keeper.holds("a")).toBe(true);
  });

  test("leave what another author wrote, and what nobody is known to have written", async () => {
    const browser = new Browser();
    const gone = browser.page();
    await gone.keeper.restore();
    gone.keeper.keepTexts([text("a"), text("b", { author: undefined }), text("c", { author: "x" })]);
    await gone.keeper.keepGif(gif("d", { author: "x" }));
    gone.goes();
    const mine = browser.page();
    await mine.keeper.restore();
    expect(names((await mine.keeper.adopt("me")).texts)).toEqual(["a"]);
    mine.goes();
    const theirs = browser.page();
    await theirs.keeper.restore();
    const { texts, gifs } = await theirs.keeper.adopt("x");
    expect(names([...texts, ...gifs])).toEqual(["c", "d"]);
  });
});

test("a room that is gone takes everything along, and nothing is kept after it", async () => {
  const browser = new Browser();
  const [one, two] = [browser.page(), browser.page()];
  one.keeper.keepTexts([text("a")]);
  two.keeper.keepTexts([text("b")]);
  await two.keeper.keepGif(gif("c"));
  await one.keeper.forgetRoom();
  one.keeper.keepTexts([text("d")]);
  await one.keeper.keepGif(gif("e"));
  expect(browser.shelf.length).toBe(0);
  expect(browser.gifs.kept.size).toBe(0);
});
