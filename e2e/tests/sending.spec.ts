// What is sent is shown once and in order; what comes too fast goes on by itself.

import { expect, test } from "../support/fixtures.ts";
import { composer, enterRoom, expectSaid, makeRoom, saidIn, say } from "../support/room.ts";

test("messages sent in quick succession arrive once and in order", async ({ arrive }) => {
  const [writer, other] = [await arrive(), await arrive()];
  const room = await makeRoom(writer, { title: "빠르게" });
  await enterRoom(other, room);
  const words = Array.from({ length: 30 }, (_, index) => `${index + 1}번`);
  await composer(writer).focus();
  for (const word of words) {
    await writer.keyboard.insertText(word);
    await writer.keyboard.press("Enter");
  }
  for (const page of [writer, other]) await expectSaid(page, words);
});

test("two who write at the same time see the same order", async ({ arrive }) => {
  const [one, two] = [await arrive(), await arrive()];
  const room = await makeRoom(one, { title: "동시에" });
  await enterRoom(two, room);
  const write = async (page: typeof one, name: string): Promise<void> => {
    for (let index = 0; index < 10; index += 1) await say(page, `${name} ${index}`);
  };
  await Promise.all([write(one, "가"), write(two, "나")]);
  for (const page of [one, two]) {
    await expect(page.locator("#messages .bubble.text")).toHaveCount(20);
  }
  expect(await saidIn(one)).toEqual(await saidIn(two));
});

test.describe("with a small budget", () => {
  test.use({ settings: { GIFCHAT_MESSAGES_BURST: "2", GIFCHAT_MESSAGES_PER_SECOND: "1" } });

  test("messages that come too fast wait and go on by themselves, in order", async ({ arrive }) => {
    const [writer, other] = [await arrive(), await arrive()];
    const room = await makeRoom(writer, { title: "천천히" });
    await enterRoom(other, room);
    await composer(writer).focus();
    const words = Array.from({ length: 6 }, (_, index) => `말 ${index + 1}`);
    for (const word of words) {
      await writer.keyboard.insertText(word);
      await writer.keyboard.press("Enter");
    }
    await expect(writer.locator("#pending > li").first()).toContainText("곧 이어서 보냅니다");
    for (const page of [writer, other]) await expectSaid(page, words);
  });
});
