// What an owner does with the room: its title, its seats, its rules, its end.

import { expect, type Page, test } from "../support/fixtures.ts";
import { closeDialog, manage, manageButton, openPart } from "../support/managing.ts";
import { enterRoom, lobbyLine, makeRoom, say, seatCount, systemLines } from "../support/room.ts";

const kind = (page: Page) => page.locator("#room-facts .kind");

test("a new title, other seats and slow mode are everybody's at once", async ({ arrive }) => {
  const [owner, guest, lobby] = [await arrive(), await arrive({ locale: "en-US" }), await arrive()];
  const room = await makeRoom(owner, { title: "처음 이름" });
  await enterRoom(guest, room);
  await lobby.goto("/");
  const dialog = await manage(owner);
  await dialog.getByLabel("방 제목").fill("둘째 <i>이름</i>");
  await dialog.getByLabel("허용 인원").fill("4");
  await dialog.getByLabel("느린 대화").selectOption("30초");
  await dialog.getByRole("button", { name: "저장" }).click();
  await expect(dialog.getByText("저장했습니다.")).toBeVisible();
  await expect(guest.getByRole("heading", { level: 1 })).toHaveText("둘째 <i>이름</i>");
  await expect(guest).toHaveTitle("둘째 <i>이름</i> · GIF Chat");
  await expect(seatCount(guest)).toHaveText("2 / 4");
  await expect(guest.locator("#room-rule")).toHaveText("One message every 30 s.");
  const lines = systemLines(guest);
  await expect(lines.filter({ hasText: "changed the title: 둘째 <i>이름</i>" })).toHaveCount(1);
  await expect(lines.filter({ hasText: "changed the seats to 4." })).toHaveCount(1);
  await expect(lines.filter({ hasText: "slow mode: one message every 30 s" })).toHaveCount(1);
  await expect(lobbyLine(lobby, "둘째 <i>이름</i>")).toContainText("2 / 4");
});

test("the count in the title of a hidden tab stays when the room is named anew", async ({ arrive }) => {
  const [owner, guest] = [await arrive(), await arrive()];
  const room = await makeRoom(owner, { title: "옛 이름" });
  await enterRoom(guest, room);
  await guest.evaluate(() => {
    Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await say(owner, "여기요");
  await expect(guest).toHaveTitle("(1) 옛 이름 · GIF 채팅방");
  const dialog = await manage(owner);
  await dialog.getByLabel("방 제목").fill("새 이름");
  await dialog.getByRole("button", { name: "저장" }).click();
  await expect(guest).toHaveTitle("(1) 새 이름 · GIF 채팅방");
});

test("a mistake is told beside its field", async ({ arrive }) => {
  const [owner, one, two] = [await arrive(), await arrive(), await arrive()];
  const room = await makeRoom(owner, { title: "틀리기" });
  await enterRoom(one, room);
  await enterRoom(two, room);
  await expect(seatCount(owner)).toHaveText("3 / 10명");
  const dialog = await manage(owner);
  await dialog.getByLabel("허용 인원").fill("2");
  await dialog.getByRole("button", { name: "저장" }).click();
  await expect(dialog.getByLabel("허용 인원")).toHaveAccessibleDescription(/지금 3명이 들어와 있습니다/);
  await expect(dialog.getByLabel("허용 인원")).toBeFocused();
  await dialog.getByLabel("허용 인원").fill("둘");
  await dialog.getByRole("button", { name: "저장" }).click();
  await expect(dialog.getByLabel("허용 인원")).toHaveAccessibleDescription(/2명부터 1000명까지/);
  await dialog.getByLabel("허용 인원").fill("10");
  await dialog.getByLabel("방 제목").fill(" ");
  await dialog.getByRole("button", { name: "저장" }).click();
  await expect(dialog.getByLabel("방 제목")).toHaveAccessibleDescription(/방 제목이 비어 있습니다/);
  await expect(one.getByRole("heading", { level: 1 })).toHaveText("틀리기");
});

test("a locked room takes nobody new, says so, and keeps whom it has", async ({ arrive }) => {
  const [owner, guest, late] = [await arrive(), await arrive(), await arrive()];
  const room = await makeRoom(owner, { title: "문 닫은 방" });
  await enterRoom(guest, room);
  await late.goto("/");
  const dialog = await manage(owner);
  const lock = dialog.getByRole("switch", { name: "방 잠그기" });
  await lock.click();
  await expect(lock).toBeChecked();
  await expect(guest.locator("#room-facts .locked")).toHaveText("잠김");
  await expect(lobbyLine(late, "문 닫은 방")).toContainText("잠김");
  await late.goto(room);
  await expect(late.locator("body")).toContainText("방이 잠겨 있어 새로 들어올 수 없습니다.");
  await guest.reload();
  await expect(seatCount(guest)).toHaveText("2 / 10명");
  await expect(guest.locator("#room-facts .locked")).toHaveText("잠김");
  await lock.click();
  await expect(lock).not.toBeChecked();
  await expect(guest.locator("#room-facts .locked")).toHaveCount(0);
  await enterRoom(late, room);
});

test("a password is set, changed and removed, and the head tells whether the room is secret", async ({ arrive }) => {
  const [owner, guest, late] = [await arrive(), await arrive(), await arrive()];
  const room = await makeRoom(owner, { title: "비밀로" });
  await enterRoom(guest, room);
  const part = await openPart(await manage(owner), "비밀번호");
  await part.getByRole("button", { name: "비밀번호 정하기" }).click();
  await expect(part.getByLabel("새 비밀번호")).toHaveAccessibleDescription("새 비밀번호를 입력해 주십시오.");
  await part.getByLabel("새 비밀번호").fill("별빛");
  await part.getByRole("button", { name: "비밀번호 정하기" }).click();
  await expect(kind(guest)).toHaveText("비밀방");
  await late.goto(room);
  await expect(late.getByLabel("비밀번호")).toBeVisible();
  await part.getByLabel("새 비밀번호").fill("달빛");
  await part.getByRole("button", { name: "비밀번호 바꾸기" }).click();
  await expect(part.getByLabel("새 비밀번호")).toHaveValue("");
  await part.getByRole("button", { name: "비밀번호 없애기" }).click();
  await expect(kind(guest)).toHaveText("공개방");
  await enterRoom(late, room);
});

test("everybody sees the room close, only its owner can keep it, and then it is gone", async ({ arrive }) => {
  const [owner, guest] = [await arrive(), await arrive({ locale: "en-US" })];
  const room = await makeRoom(owner, { title: "끝나는 방" });
  await enterRoom(guest, room);
  const part = await openPart(await manage(owner), "방 닫기");
  await part.getByLabel("언제 닫을까요").selectOption("5분 뒤");
  await part.getByRole("button", { name: "방 닫기" }).click();
  await expect(guest.getByRole("timer")).toHaveText(/This room closes in (5:00|4:5\d)\./);
  await expect(guest.getByRole("button", { name: "Keep the room" })).toHaveCount(0);
  await guest.reload();
  await expect(guest.getByRole("timer")).toHaveText(/This room closes in 4:\d\d\./);
  await closeDialog(owner);
  await expect(manageButton(owner)).toBeFocused();
  await owner.getByRole("button", { name: "방 닫지 않기" }).click();
  await expect(guest.getByRole("timer")).toHaveCount(0);
  await expect(systemLines(guest).last()).toContainText("decided to keep the room.");
  const again = await openPart(await manage(owner), "방 닫기");
  await again.getByLabel("언제 닫을까요").selectOption("바로");
  await again.getByRole("button", { name: "방 닫기" }).click();
  for (const page of [owner, guest]) await expect(page.locator(".ended")).toBeVisible();
  await expect(guest.locator(".ended")).toContainText("This room was closed.");
  await expect(owner.locator("dialog")).toHaveCount(0);
});

test("reports reach the owner live, with their number, and are dealt with one by one", async ({ arrive }) => {
  const [owner, one, two] = [await arrive(), await arrive(), await arrive()];
  const room = await makeRoom(owner, { title: "신고함" });
  await enterRoom(one, room);
  await enterRoom(two, room);
  await say(one, "나쁜 말");
  await say(one, "더 나쁜 말");
  const lines = two.locator("#messages .message:not(.system)");
  await expect(lines).toHaveCount(2);
  const seqs = await lines.evaluateAll((all) => all.map((line) => Number((line as HTMLElement).dataset["seq"])));
  for (const [seq, reason] of [[seqs[0], "욕설"], [seqs[1], undefined]] as const) {
    const answer = await two.request.post(`${room}/report`, { data: { seq, reason } });
    expect(answer.status()).toBe(200);
  }
  await expect(manageButton(owner)).toHaveAccessibleName(/살펴볼 신고 2건/);
  await owner.reload();
  await expect(manageButton(owner)).toHaveAccessibleName(/살펴볼 신고 2건/);
  const dialog = await manage(owner);
  await expect(dialog).toContainText("욕설");
  const first = dialog.getByRole("listitem").filter({ hasText: "욕설" });
  await first.getByRole("button", { name: "메시지 보기" }).click();
  await expect(owner.locator(`#messages [data-seq="${seqs[0]}"]`)).toBeFocused();
  const again = await manage(owner);
  const reviewed = again.getByRole("button", { name: "살펴봄" });
  await reviewed.first().click();
  await expect(reviewed).toHaveCount(1);
  await reviewed.click();
  await expect(again).toContainText("살펴볼 신고가 없습니다.");
  await closeDialog(owner);
  await expect(manageButton(owner)).toHaveAccessibleName("방 관리");
});
