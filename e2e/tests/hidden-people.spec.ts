// Somebody whom one does not want to read: hidden in one browser, and nobody else knows.

import { expectAccessible } from "../support/accessible.ts";
import { expect, test } from "../support/fixtures.ts";
import { enterRoom, expectSaid, makeRoom, say } from "../support/room.ts";
import { choose, line } from "../support/talk.ts";

test("a person's messages are folded, can be looked at one by one, and come back", async ({ arrive }) => {
  const [one, two, three] = [await arrive(), await arrive(), await arrive()];
  const path = await makeRoom(one, { title: "방" });
  for (const page of [two, three]) await enterRoom(page, path);
  await say(two, "시끄러운 말");
  await say(three, "조용한 말");
  await expectSaid(one, ["시끄러운 말", "조용한 말"]);

  await choose(one, line(one, "시끄러운 말"), "이 사람 숨기기");
  await expect(line(one, "숨긴 메시지")).toBeVisible();
  await expectSaid(one, ["조용한 말"]);
  await say(two, "또 시끄러운 말");
  await expect(one.locator(".bubble.deleted")).toHaveCount(2);
  await expectSaid(three, ["시끄러운 말", "조용한 말", "또 시끄러운 말"]);
  await expectAccessible(one, "a folded message");

  await one.locator(".bubble.deleted").first().getByRole("button", { name: "보기" }).press("Enter");
  await expectSaid(one, ["시끄러운 말", "조용한 말"]);
  await expect(line(one, "시끄러운 말").locator(".more")).toBeFocused();

  await one.reload();
  await expect(one.locator(".bubble.deleted")).toHaveCount(2);
  await choose(one, line(one, "숨긴 메시지"), "이 사람 다시 보기");
  await expectSaid(one, ["시끄러운 말", "조용한 말", "또 시끄러운 말"]);
});
