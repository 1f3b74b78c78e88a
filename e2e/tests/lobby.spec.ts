// The lobby is live: rooms appear, their counts change, they close and vanish.

import { expect, test } from "../support/fixtures.ts";
import { enterRoom, inRoom, lobbyLine, makeRoom } from "../support/room.ts";

test.use({ settings: { GIFCHAT_GRACE: "4s" } });

test("a room appears in the open lobby, its count changes, and it vanishes after its grace", async ({
  arrive,
}) => {
  const [onlooker, maker, guest] = [await arrive(), await arrive(), await arrive()];
  await onlooker.goto("/");
  await expect(onlooker.getByText("아직 열린 방이 없습니다.")).toBeVisible();
  const room = await makeRoom(maker, { title: "산책", max: 5 });
  const line = lobbyLine(onlooker, "산책");
  await expect(line.locator("[data-slot=kind]")).toHaveText("공개방");
  await expect(line.locator("[data-slot=seats]")).toHaveText("1 / 5");
  await expect(line.getByRole("link", { name: "입장" })).toHaveAttribute("href", room);
  await expect(onlooker.getByText("아직 열린 방이 없습니다.")).toBeHidden();
  await enterRoom(guest, room);
  await expect(line.locator("[data-slot=seats]")).toHaveText("2 / 5");
  for (const page of [guest, maker]) {
    await page.locator("#leave").click();
    await page.waitForURL("/");
  }
  await expect(line.locator("[data-slot=seats]")).toHaveText("0 / 5");
  await expect(line.locator("[data-slot=closing]")).toHaveText(/^[1-4]초 뒤 사라짐$/);
  await expect(line).toHaveCount(0);
  await expect(onlooker.getByText("아직 열린 방이 없습니다.")).toBeVisible();
  await maker.goto(room);
  await expect(maker.getByRole("alert")).toHaveText("존재하지 않는 방입니다.");
});

test("somebody who comes back saves a closing room", async ({ arrive }) => {
  const [onlooker, maker] = [await arrive(), await arrive()];
  await onlooker.goto("/");
  const room = await makeRoom(maker, { title: "되살리기" });
  const line = lobbyLine(onlooker, "되살리기");
  await maker.locator("#leave").click();
  await maker.waitForURL("/");
  await expect(line.locator("[data-slot=closing]")).toHaveText(/사라짐$/);
  await enterRoom(maker, room);
  await expect(line.locator("[data-slot=closing]")).toBeEmpty();
  await expect(line.locator("[data-slot=seats]")).toHaveText("1 / 10");
});

test("whoever closes the tab leaves after the grace", async ({ arrive }) => {
  const [maker, guest] = [await arrive(), await arrive()];
  const room = await makeRoom(maker, { title: "창 닫기" });
  await enterRoom(guest, room);
  await guest.close();
  await expect(maker.locator("#messages summary")).toHaveText("2명 입장, 1명 퇴장");
  await expect(maker.locator("#participant-count")).toHaveText("1 / 10명");
});

test("the table has the words of a lobby, with and without its script", async ({ arrive }) => {
  const [live, plain, maker] = [
    await arrive(),
    await arrive({ javaScriptEnabled: false }),
    await arrive(),
  ];
  await live.goto("/");
  await makeRoom(maker, { title: "비밀 이야기", password: "열려라" });
  await plain.goto("/");
  const head = ["방 제목", "종류", "허용 인원", "방장", "입장"];
  for (const page of [live, plain]) {
    const line = lobbyLine(page, "비밀 이야기");
    await expect(line.locator("[data-slot=kind]")).toHaveText("비밀방");
    await expect(line.locator("[data-slot=colour]")).toHaveText(/^#[0-9a-f]{6}$/);
    await expect(page.getByRole("columnheader")).toHaveText(head);
    await expect(page.getByRole("link", { name: "채팅방 생성" })).toHaveAttribute("href", "/room");
  }
  const [ofLive, ofPlain] = await Promise.all(
    [live, plain].map((page) => lobbyLine(page, "비밀 이야기").innerText()),
  );
  expect(ofLive).toBe(ofPlain);
});

test("a full room says so by a word, and those who sit in it come back", async ({ arrive }) => {
  const [maker, guest, late] = [await arrive(), await arrive(), await arrive()];
  await late.goto("/");
  const room = await makeRoom(maker, { title: "둘만의 방", max: 2 });
  const seenLate = lobbyLine(late, "둘만의 방");
  await expect(seenLate.locator("[data-slot=full]")).toBeEmpty();
  await enterRoom(guest, room);
  await expect(seenLate.locator("[data-slot=full]")).toHaveText("가득 참");
  await expect(seenLate.getByRole("link", { name: "입장" })).toHaveAttribute("href", room);
  await seenLate.getByRole("link", { name: "입장" }).click();
  await expect(late.getByRole("alert")).toHaveText("허용 인원을 초과했습니다.");
  await guest.goto("/");
  const seen = lobbyLine(guest, "둘만의 방");
  await expect(seen.locator("[data-slot=full]")).toHaveText("가득 참");
  await seen.getByRole("link", { name: "입장" }).click();
  await inRoom(guest);
  expect(new URL(guest.url()).pathname).toBe(room);
});

test("an error is said once: a reload does not repeat it", async ({ arrive }) => {
  const page = await arrive();
  await page.goto(`/?error=${encodeURIComponent("존재하지 않는 방입니다.")}`);
  await expect(page.getByRole("alert")).toHaveText("존재하지 않는 방입니다.");
  await expect(page).toHaveURL("/");
  await page.reload();
  await expect(page.getByRole("heading", { name: "채팅방 목록" })).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("an empty lobby leads to the first room", async ({ arrive }) => {
  const page = await arrive();
  await page.goto("/");
  await page.getByRole("link", { name: "첫 방 만들기" }).click();
  await expect(page.getByLabel("방 제목")).toBeFocused();
});

test("a screen reader hears of new rooms, a few at a time, and of no counts", async ({ arrive }) => {
  const [page, maker, guest] = [await arrive(), await arrive(), await arrive()];
  await page.goto("/");
  await expect(page.locator("#connection")).toBeEmpty();
  const said = await page.evaluateHandle(() => {
    const lines: string[] = [];
    for (const live of document.querySelectorAll("[role=status], [role=alert], [aria-live]")) {
      const note = (): void => void lines.push(live.textContent ?? "");
      new MutationObserver(note).observe(live, { childList: true, characterData: true, subtree: true });
    }
    return lines;
  });
  const room = await makeRoom(maker, { title: "새로 난 방" });
  await expect(page.locator("#news")).toHaveText("새 방: 새로 난 방");
  await enterRoom(guest, room);
  await expect(lobbyLine(page, "새로 난 방").locator("[data-slot=seats]")).toHaveText("2 / 10");
  for (const person of [guest, maker]) await person.locator("#leave").click();
  await expect(lobbyLine(page, "새로 난 방")).toHaveCount(0);
  expect(await said.jsonValue()).toEqual(["새 방: 새로 난 방"]);
});
