// Calling somebody by name: the list of names while one types, and what the one who is called sees.

import { expectAccessible } from "../support/accessible.ts";
import { expect, test } from "../support/fixtures.ts";
import { aliasOf, composer, enterRoom, expectSaid, makeRoom, say } from "../support/room.ts";
import { comeBack, turnAway } from "../support/sight.ts";
import { line } from "../support/talk.ts";
import { commit, compose, ENTER, inputMethod, press } from "../support/typing.ts";

test("a name is chosen by keyboard, and stands out for the one who is called in whichever language", async ({ arrive }) => {
  const [korean, english, third] = [await arrive(), await arrive({ locale: "en-US" }), await arrive()];
  const path = await makeRoom(korean, { title: "방" });
  await enterRoom(english, path);
  await enterRoom(third, path);
  const called = await aliasOf(korean);

  await composer(english).pressSequentially("@");
  const list = english.getByRole("listbox", { name: "Whom to mention" });
  await expect(list.getByRole("option")).toHaveCount(2);
  await expect(composer(english)).toHaveAttribute("aria-activedescendant", "mention-0");
  await expectAccessible(english, "whom to mention, light");
  await english.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(english, "whom to mention, dark");
  await english.keyboard.press("ArrowDown");
  await expect(composer(english)).toHaveAttribute("aria-activedescendant", "mention-1");
  await english.keyboard.press("ArrowUp");
  await english.keyboard.press("Enter");
  await expect(list).toHaveCount(0);
  await expect(composer(english)).toHaveValue(/^@\w+ \w+ $/);
  const name = (await composer(english).inputValue()).trim();

  await turnAway(korean);
  await english.keyboard.type("look");
  await english.keyboard.press("Enter");
  await expectSaid(third, [`${name} look`]);
  await comeBack(korean);
  await expect(line(korean, "look").locator(".mention.you")).toHaveText(name);
  await expect(line(korean, "look")).toContainText("@ 나를 부름");
  await expect(line(third, "look").locator(".mention")).toHaveText(name);
  await expect(line(third, "look")).not.toContainText("@ 나를 부름");
  await expectAccessible(korean, "a message that calls the reader");

  await say(third, `@${called}님 보세요`);
  await expect(line(korean, "보세요").locator(".mention.you")).toHaveText(`@${called}`);
});

test("a Korean name is found while it is composed, and one Enter takes it", async ({ arrive }) => {
  const [one, two] = [await arrive(), await arrive()];
  const path = await makeRoom(one, { title: "방" });
  await enterRoom(two, path);
  const called = await aliasOf(two);
  const first = called.at(0) ?? "";
  await composer(one).pressSequentially("@");
  const input = await inputMethod(one);
  await compose(input, [first]);
  await expect(one.getByRole("option", { name: called })).toBeVisible();
  await commit(input, first);
  await press(input, ENTER);
  await expect(composer(one)).toHaveValue(`@${called} `);
  await expectSaid(one, []);
  await press(input, ENTER);
  await expectSaid(two, [`@${called}`]);
});

test("where no list is open Enter sends, and Escape keeps the list away", async ({ arrive }) => {
  const [one, two] = [await arrive(), await arrive({ locale: "en-US" })];
  const path = await makeRoom(one, { title: "방" });
  await enterRoom(two, path);
  await say(one, "me@example.com @ 5");
  await expectSaid(one, ["me@example.com @ 5"]);
  await composer(one).pressSequentially("@");
  await expect(one.getByRole("listbox")).toBeVisible();
  await one.keyboard.press("Escape");
  await expect(one.getByRole("listbox")).toHaveCount(0);
  await one.keyboard.press("Enter");
  await expectSaid(two, ["me@example.com @ 5", "@"]);
});
