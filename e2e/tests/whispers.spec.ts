// What is whispered reaches one person and nobody else, and nothing goes to everybody by accident.

import { expectAccessible } from "../support/accessible.ts";
import { type Arrive, expect, type Page, test, UNREACHABLE } from "../support/fixtures.ts";
import { expectNoSidewaysScrolling } from "../support/looks.ts";
import { Link } from "../support/link.ts";
import { aliasOf, composer, enterRoom, expectSaid, inRoom, makeRoom, saidIn, say } from "../support/room.ts";
import { comeBack, turnAway } from "../support/sight.ts";
import { commit, compose, ENTER, inputMethod, press } from "../support/typing.ts";
import { expectWhispered, recordHeard, whisperBar, whisperByName, whispers } from "../support/whisper.ts";

const SECRET = "둘만 아는 이야기";
const ENGLISH = { locale: "en-US" };

type Three = { writer: Page; friend: Page; third: Page; room: string; alias: string };

/** Three people in a room, of whom the friend has said something. */
async function three(arrive: Arrive, options: Parameters<Arrive>[0] = {}): Promise<Three> {
  const [writer, friend, third] = [await arrive(options), await arrive(options), await arrive(options)];
  const room = await makeRoom(writer, { title: "세 사람" });
  await enterRoom(friend, room);
  await enterRoom(third, room);
  await say(friend, "안녕");
  for (const page of [writer, friend, third]) await expectSaid(page, ["안녕"]);
  return { writer, friend, third, room, alias: await aliasOf(friend) };
}

test("a whisper reaches its recipient and nobody else", async ({ arrive }) => {
  const [writer, friend, third] = [await arrive(), await arrive(), await arrive()];
  const heard = recordHeard(third);
  const room = await makeRoom(writer, { title: "세 사람" });
  await enterRoom(friend, room);
  await enterRoom(third, room);
  await say(friend, "안녕");
  for (const page of [writer, third]) await expectSaid(page, ["안녕"]);
  const alias = await aliasOf(friend);
  await whisperByName(writer, alias);
  const signs = async (): Promise<number> => (await heard()).split('["typing"').length;
  const before = await signs();
  await say(writer, SECRET);
  await expectWhispered(writer, [SECRET]);
  await expectWhispered(friend, [SECRET]);
  expect(await signs(), "nobody is told that something is being whispered").toBe(before);
  await expect(whispers(writer)).toContainText(`${alias}님에게 귓속말 · 둘만 볼 수 있습니다`);
  await expect(whispers(friend)).toContainText(`${await aliasOf(writer)}님의 귓속말 · 둘만 볼 수 있습니다`);
  await composer(writer).press("Escape");
  await say(writer, "모두에게");
  await expectSaid(third, ["안녕", "모두에게"]);
  await third.reload();
  await inRoom(third);
  await expectSaid(third, ["안녕", "모두에게"]);
  const all = await heard();
  expect(all).toContain("모두에게");
  expect(all).not.toContain(SECRET);
  expect(all).not.toContain('"whisper"');
  await friend.reload();
  await inRoom(friend);
  await expect.poll(() => saidIn(friend)).toEqual(["안녕", SECRET, "모두에게"]);
});

test("by keyboard alone one whispers with /w, answers privately, and stops", async ({ arrive }) => {
  const { writer, friend, third, alias } = await three(arrive, ENGLISH);
  const list = writer.locator("#recipients");
  await writer.keyboard.type("/w ");
  await expect(list.getByRole("option")).toHaveCount(2);
  await writer.keyboard.press("Escape");
  await expect(list).toBeHidden();
  await writer.keyboard.type(alias.slice(0, 3).toLowerCase());
  await expect(list.getByRole("option").filter({ hasText: alias })).toHaveCount(1);
  while ((await list.locator("[aria-selected=true]").innerText()) !== alias) {
    await writer.keyboard.press("ArrowDown");
  }
  const chosen = await list.locator("[aria-selected=true]").getAttribute("id");
  await expect(composer(writer)).toHaveAttribute("aria-activedescendant", chosen ?? "");
  await writer.keyboard.press("Enter");
  await expect(whisperBar(writer)).toContainText(`Whispering to ${alias}`);
  await expect(composer(writer)).toHaveValue("");
  await expect(composer(writer)).toBeFocused();
  await writer.keyboard.type("between us");
  await writer.keyboard.press("Enter");
  await expectWhispered(friend, ["between us"]);
  const reply = whispers(friend).getByRole("button", { name: /Reply privately/ });
  await reply.focus();
  await friend.keyboard.press("Enter");
  await expect(composer(friend)).toBeFocused();
  await friend.keyboard.type("only to you");
  await friend.keyboard.press("Enter");
  await expectWhispered(writer, ["between us", "only to you"]);
  await writer.keyboard.type("and again");
  await writer.keyboard.press("Enter");
  await expectWhispered(friend, ["between us", "only to you", "and again"]);
  await writer.keyboard.press("Escape");
  await expect(whisperBar(writer)).toBeHidden();
  await writer.keyboard.type("to all");
  await writer.keyboard.press("Enter");
  await expectSaid(third, ["안녕", "to all"]);
});

test("a name written out after /w is enough, and nothing goes to the room before", async ({ arrive }) => {
  const { writer, friend, third, alias } = await three(arrive);
  await say(writer, "/w 아무도아닌이름 비밀");
  await expect(writer.getByRole("alert")).toHaveText(/아직 보내지 않았습니다/);
  await expect(composer(writer)).toHaveValue("/w 아무도아닌이름 비밀");
  await composer(writer).fill("");
  await composer(writer).pressSequentially(`/w ${alias} ${SECRET}`);
  await expect(composer(writer)).toHaveValue(SECRET);
  await composer(writer).press("Enter");
  await expectWhispered(friend, [SECRET]);
  await say(third, "들리나요");
  await expectSaid(third, ["안녕", "들리나요"]);
});

test("Korean that is being composed after /w chooses a person, and stays whole", async ({ arrive }) => {
  const { writer, friend, third, alias } = await three(arrive);
  const keyboard = await inputMethod(writer);
  await compose(keyboard, ["ㅈ"]);
  await composer(writer).fill("/ㅈ ");
  const first = [...alias][0] ?? "";
  await compose(keyboard, [first]);
  await expect(writer.locator("#recipients").getByRole("option").filter({ hasText: alias })).toHaveCount(1);
  while ((await writer.locator("#recipients [aria-selected=true]").innerText()) !== alias) {
    await commit(keyboard, first);
    await composer(writer).press("ArrowDown");
    await composer(writer).fill("/ㅈ ");
    await compose(keyboard, [first]);
  }
  await commit(keyboard, first);
  await composer(writer).press("Enter");
  await expect(whisperBar(writer)).toContainText(alias);
  await compose(keyboard, ["ㄱ", "구", "귓"]);
  await press(keyboard, ENTER);
  await commit(keyboard, "귓");
  await expectWhispered(friend, ["귓"]);
  expect(await saidIn(third)).toEqual(["안녕"]);
});

test("the field stays with its recipient after a reload, and each text with whom it is for", async ({
  arrive,
}) => {
  const { writer, friend, third, alias } = await three(arrive);
  await composer(writer).fill("모두에게 쓰던 글");
  await whisperByName(writer, alias);
  await expect(composer(writer)).toHaveValue("");
  await composer(writer).fill("쓰던 귓속말");
  await writer.reload();
  await inRoom(writer);
  await expect(whisperBar(writer)).toContainText(alias);
  await expect(composer(writer)).toHaveValue("쓰던 귓속말");
  await expect(writer.locator("#pick-gif")).toBeDisabled();
  await writer.locator("#whisper-end").click();
  await expect(composer(writer)).toHaveValue("모두에게 쓰던 글");
  await composer(writer).press("Enter");
  await expectSaid(third, ["안녕", "모두에게 쓰던 글"]);
  await whisperByName(writer, alias);
  await expect(composer(writer)).toHaveValue("쓰던 귓속말");
  await composer(writer).press("Enter");
  await expectWhispered(friend, ["쓰던 귓속말"]);
});

test("a whisper to somebody who has left is not sent, and its text stays", async ({ arrive }) => {
  const { writer, friend, third, alias } = await three(arrive);
  await whisperByName(writer, alias);
  await friend.locator("#leave").click();
  await expect(whisperBar(writer)).toContainText("지금 방에 없어");
  await say(writer, SECRET);
  const line = writer.locator("#pending .message.whisper.failed");
  await expect(line).toContainText(SECRET);
  await expect(line).toContainText(`${alias}님에게 귓속말`);
  await expect(line.getByRole("alert")).not.toBeEmpty();
  await composer(writer).press("Escape");
  await composer(writer).press("ArrowUp");
  await expect(composer(writer)).not.toHaveValue(SECRET);
  await say(writer, "모두에게");
  await expectSaid(third, ["안녕", "모두에게"]);
});

test("whispers written without a connection are there after a reload and reach one person, once", async ({
  arrive,
  server,
  watch,
}) => {
  watch.expect(...UNREACHABLE);
  const link = await Link.to(server.port);
  watch.allowHost(new URL(link.url).host);
  const [friend, third, writer] = [await arrive(), await arrive(), await arrive({ baseURL: link.url })];
  const room = await makeRoom(friend, { title: "끊긴 귓속말" });
  await enterRoom(third, room);
  await enterRoom(writer, room);
  await say(friend, "안녕");
  await expectSaid(writer, ["안녕"]);
  const alias = await aliasOf(friend);
  await whisperByName(writer, alias);
  await writer.context().route(/\/socket\.io\//, (route) => route.abort());
  link.cut();
  link.mend();
  await say(writer, SECRET);
  await expect(writer.locator("#pending .message.whisper")).toContainText(SECRET);
  await writer.reload();
  await expect(writer.locator("#pending .message.whisper")).toContainText(`${alias}님에게 귓속말`);
  await writer.context().unroute(/\/socket\.io\//);
  await writer.evaluate(() => dispatchEvent(new Event("online")));
  await expectWhispered(writer, [SECRET]);
  await expectWhispered(friend, [SECRET]);
  expect(await saidIn(third)).toEqual(["안녕"]);
  link.close();
});

test("a whisper waits for a reader who is elsewhere, as a message does", async ({ arrive }) => {
  const { writer, friend, alias } = await three(arrive);
  await turnAway(friend);
  await whisperByName(writer, alias);
  await say(writer, SECRET);
  await expect(friend).toHaveTitle(/^\(1\) /);
  await expect(friend.locator("#unread + .whisper")).toContainText(SECRET);
  await comeBack(friend);
  await expect(friend).not.toHaveTitle(/^\(/);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`whispers are accessible in ${colorScheme}, also on a narrow screen`, async ({ arrive }) => {
    const { writer, friend, alias } = await three(arrive, { colorScheme, viewport: { width: 320, height: 640 } });
    await composer(writer).pressSequentially("/w ");
    await expect(writer.locator("#recipients")).toBeVisible();
    await expectAccessible(writer, "list of recipients");
    await expectNoSidewaysScrolling(writer);
    await composer(writer).fill("");
    await whisperByName(writer, alias);
    await composer(writer).fill(SECRET);
    await expectAccessible(writer, "field that whispers");
    await composer(writer).press("Enter");
    await expectWhispered(friend, [SECRET]);
    for (const page of [writer, friend]) {
      await expectAccessible(page, "whispered line");
      await expectNoSidewaysScrolling(page);
    }
  });
}
