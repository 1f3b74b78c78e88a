// A room with thousands of messages: the page draws a few hundred of them, and all can be reached.

import { Visitor } from "../support/course.ts";
import { expect, type Page, test } from "../support/fixtures.ts";
import { linesOnTheWay } from "../support/log.ts";
import { enterRoom, say } from "../support/room.ts";

const MESSAGES = 5_000;
const WRITERS = 8;
/** What the page may draw at once: the messages, and some dates between them. */
const DRAWN_MAX = 320;

// The teller has no socket; nobody shall be seen to leave meanwhile.
test.use({ settings: { GIFCHAT_MESSAGES_BURST: "6000", GIFCHAT_GRACE: "10m" } });

/** A room in which a lot was said; gives its path. */
async function tell(url: string, messages: number): Promise<string> {
  const teller = new Visitor(url);
  const room = await teller.makeRoom({ title: "긴 이야기" });
  await teller.chat(room, "마디 1");
  let next = 2;
  const write = async (): Promise<void> => {
    while (next <= messages) {
      const answer = await teller.chat(room, `마디 ${next++}`);
      expect(answer.status).toBe(200);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  return `/room/${room}`;
}

async function drawn(page: Page): Promise<number> {
  return page.locator("#messages > li").count();
}

test("a room of five thousand messages is read from end to beginning and back", async ({
  arrive,
  server,
}) => {
  test.setTimeout(180_000);
  const room = await tell(server.url, MESSAGES);
  const page = await arrive();
  await enterRoom(page, room);
  const most = await page.locator("#messages").evaluateHandle((list) => {
    const seen = { most: list.children.length };
    new MutationObserver(() => {
      seen.most = Math.max(seen.most, list.children.length);
    }).observe(list, { childList: true });
    return seen;
  });
  const lines = await linesOnTheWay(page, 1);
  // Two came in besides.
  expect(lines).toHaveLength(MESSAGES + 2);
  expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index + 1));
  expect(new Set(lines.map(({ says }) => says)).size).toBe(MESSAGES + 2);
  expect((await most.jsonValue()).most).toBeLessThanOrEqual(DRAWN_MAX);
  expect(await drawn(page)).toBeGreaterThan(100);

  const back = await linesOnTheWay(page, MESSAGES + 2);
  expect(back).toEqual(lines);
  await say(page, "끝까지 읽었다");
  await expect(page.getByText("끝까지 읽었다")).toBeInViewport();
  expect((await most.jsonValue()).most).toBeLessThanOrEqual(DRAWN_MAX);
});

test("a message in a long room does not move whoever reads far up, and one press leads back", async ({
  arrive,
  server,
}) => {
  const room = await tell(server.url, 700);
  const [reader, writer] = [await arrive(), await arrive()];
  await enterRoom(writer, room);
  await enterRoom(reader, room);
  await linesOnTheWay(reader, 150);
  const log = reader.getByRole("log");
  const top = () =>
    log.evaluate((list) => {
      const { top } = list.getBoundingClientRect();
      const lines = [...list.querySelectorAll("#messages > li[data-seq]")];
      const first = lines.find((line) => line.getBoundingClientRect().bottom > top);
      return {
        seq: first?.getAttribute("data-seq"),
        top: first?.getBoundingClientRect().top ?? Number.NaN,
      };
    });
  await log.evaluate((list) => list.scrollBy({ top: 2_000, behavior: "instant" }));
  const before = await top();
  await say(writer, "멀리서 온 소식");
  const button = reader.getByRole("button", { name: "새 메시지 1개" });
  await expect(button).toBeVisible();
  const after = await top();
  expect(after.seq).toBe(before.seq);
  expect(Math.abs(after.top - before.top)).toBeLessThanOrEqual(1);
  await button.click();
  await expect(reader.getByText("멀리서 온 소식")).toBeInViewport();
  await expect(button).toHaveCount(0);
});
