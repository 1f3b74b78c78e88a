// What is typed and not sent is there again after a reload and in the next tab, and nowhere else.

import { expect, type Page, test } from "../support/fixtures.ts";
import { composer, enterRoom, expectSaid, inRoom, makeRoom, say } from "../support/room.ts";

/** What the browser keeps of drafts. */
function drafts(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    Object.keys(localStorage)
      .filter((key) => key.startsWith("gif-chat.draft/"))
      .map((key) => (JSON.parse(localStorage.getItem(key) ?? "") as { text: string }).text),
  );
}

test("a draft is there after a reload and in the next tab, in its room only", async ({ arrive }) => {
  const page = await arrive();
  const other = await makeRoom(page, { title: "다른 방" });
  const room = await makeRoom(page, { title: "쓰던 방" });
  await composer(page).fill("쓰다 만 글\n둘째 줄");
  await page.reload();
  await inRoom(page);
  await expect(composer(page)).toHaveValue("쓰다 만 글\n둘째 줄");
  const next = await page.context().newPage();
  await page.close();
  await enterRoom(next, other);
  await expect(composer(next)).toHaveValue("");
  await enterRoom(next, room);
  await expect(composer(next)).toHaveValue("쓰다 만 글\n둘째 줄");
  await composer(next).press("End");
  await composer(next).press("Enter");
  await expectSaid(next, ["쓰다 만 글\n둘째 줄"]);
  expect(await drafts(next)).toEqual([]);
  await next.reload();
  await inRoom(next);
  await expect(composer(next)).toHaveValue("");
});

test("a draft that is emptied is gone", async ({ arrive }) => {
  const page = await arrive();
  await makeRoom(page, { title: "지운 글" });
  await composer(page).fill("지울 글");
  await expect.poll(() => drafts(page)).toEqual(["지울 글"]);
  await composer(page).fill("");
  await expect.poll(() => drafts(page)).toEqual([]);
});

test("two tabs keep what each has in its field; the last one that wrote is found again", async ({
  arrive,
}) => {
  const one = await arrive();
  const room = await makeRoom(one, { title: "두 창" });
  const two = await one.context().newPage();
  await enterRoom(two, room);
  await composer(one).fill("하나");
  await expect.poll(() => drafts(one)).toEqual(["하나"]);
  await composer(two).fill("둘");
  await expect.poll(() => drafts(two)).toEqual(["둘"]);
  await expect(composer(one)).toHaveValue("하나");
  await composer(one).press("Enter");
  await expectSaid(two, ["하나"]);
  await expect(composer(two)).toHaveValue("둘");
  await two.reload();
  await inRoom(two);
  await expect(composer(two)).toHaveValue("둘");
});

test("a room that is closed takes its draft along", async ({ arrive }) => {
  const owner = await arrive();
  const room = await makeRoom(owner, { title: "닫힐 방" });
  const guest = await arrive();
  await enterRoom(guest, room);
  await composer(guest).fill("늦은 글");
  await expect.poll(() => drafts(guest)).toEqual(["늦은 글"]);
  await owner.evaluate(() => fetch(location.pathname, { method: "DELETE" }));
  await expect(guest.locator(".ended")).toBeVisible();
  await expect.poll(() => drafts(guest)).toEqual([]);
  await expect(composer(guest)).toHaveValue("늦은 글");
});

test("a room that was only left keeps its draft", async ({ arrive }) => {
  const [owner, guest] = [await arrive(), await arrive()];
  const room = await makeRoom(owner, { title: "다녀올 방" });
  await enterRoom(guest, room);
  await composer(guest).fill("다녀와서 마저");
  await guest.locator("#leave").click();
  await guest.waitForURL(/\/$/);
  await enterRoom(guest, room);
  await expect(composer(guest)).toHaveValue("다녀와서 마저");
});

test("a browser that keeps nothing writes and sends all the same", async ({ arrive }) => {
  const page = await arrive();
  await page.addInitScript(() => {
    const refuse = (): never => {
      throw new DOMException("full", "QuotaExceededError");
    };
    Object.defineProperty(Storage.prototype, "setItem", { value: refuse });
    Object.defineProperty(window, "localStorage", { get: refuse });
  });
  await makeRoom(page, { title: "기억 없는 방" });
  await say(page, "그래도 보냄");
  await expectSaid(page, ["그래도 보냄"]);
  await composer(page).fill("사라질 글");
  await page.reload();
  await inRoom(page);
  await expect(composer(page)).toHaveValue("");
});
