// Who is writing just now: shown, never in the way, and gone when the message is there.

import { expectAccessible } from "../support/accessible.ts";
import { expect, test } from "../support/fixtures.ts";
import { aliasOf, composer, enterRoom, expectSaid, makeRoom, say } from "../support/room.ts";

test("the others see who writes, until it is said", async ({ arrive }) => {
  const [one, two, three] = [await arrive(), await arrive({ locale: "en-US" }), await arrive()];
  const path = await makeRoom(one, { title: "방" });
  await enterRoom(two, path);
  await enterRoom(three, path);
  await say(one, "하나");
  await expectSaid(two, ["하나"]);
  const before = await two.locator("#messages").boundingBox();
  await composer(one).pressSequentially("안녕");
  await expect(two.locator("#typing")).toHaveText(/^\w+ \w+ is typing…$/);
  expect(await two.locator("#messages").boundingBox()).toEqual(before);
  await expectAccessible(two, "somebody writes");
  await composer(three).pressSequentially("저도");
  await expect(two.locator("#typing")).toHaveText(/ and .* are typing…$/);
  await expect(one.locator("#typing")).toHaveText(`${await aliasOf(three)}님이 입력하고 있습니다…`);
  await composer(one).press("Enter");
  await composer(three).press("Enter");
  await expectSaid(two, ["하나", "안녕", "저도"]);
  await expect(two.locator("#typing")).toBeEmpty();
});
