// Without JavaScript one can still look around, make a room, enter a secret one and read.

import { expect, test } from "../support/fixtures.ts";
import { fillRoomForm, makeRoom, expectSaid, lobbyLine, say } from "../support/room.ts";

test("lobby, create form, password form and history work without scripts", async ({
  arrive,
  watch,
}) => {
  watch.expect(/status of 401/);
  const [maker, reader] = [await arrive(), await arrive({ javaScriptEnabled: false })];
  await makeRoom(maker, { title: "읽기 좋은 방", password: "책" });
  await say(maker, "첫 쪽입니다.\n둘째 줄입니다.");
  await expectSaid(maker, ["첫 쪽입니다.\n둘째 줄입니다."]);
  await reader.goto("/");
  await lobbyLine(reader, "읽기 좋은 방").getByRole("link", { name: "입장" }).click();
  await reader.getByLabel("비밀번호").fill("신문");
  await reader.getByRole("button", { name: "입장" }).click();
  await expect(reader.getByRole("alert")).toHaveText("비밀번호가 틀렸습니다.");
  await reader.getByLabel("비밀번호").fill("책");
  await reader.getByRole("button", { name: "입장" }).click();
  await expect(reader.locator("#history .bubble.text")).toHaveText("첫 쪽입니다.\n둘째 줄입니다.");
  await expect(reader.locator("#history .system")).toContainText("님이 입장하셨습니다.");
  await expect(reader.locator(".needs-scripts")).toBeVisible();
  await expect(reader.locator(".needs-scripts")).toContainText("자바스크립트를 켜 주십시오.");
  await reader.getByRole("link", { name: "나가기" }).click();
  await expect(reader.getByRole("heading", { name: "채팅방 목록" })).toBeVisible();
});

test("a room made without scripts is there for everybody", async ({ arrive }) => {
  const [maker, other] = [await arrive({ javaScriptEnabled: false }), await arrive()];
  await other.goto("/");
  await fillRoomForm(maker, { title: "글만 읽는 방", max: 3 });
  await expect(maker.getByRole("heading", { name: "글만 읽는 방" })).toBeVisible();
  await expect(lobbyLine(other, "글만 읽는 방").locator("[data-slot=seats]")).toHaveText("0 / 3");
});

test("a form that is not right comes back with the reason beside its field", async ({
  arrive,
  watch,
}) => {
  watch.expect(/status of 422/);
  const page = await arrive({ javaScriptEnabled: false });
  await page.goto("/room");
  await page.locator("#title").fill("   ");
  await page.locator("#password").fill("비밀");
  await page.getByRole("button", { name: "생성" }).click();
  const field = page.getByLabel("방 제목");
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(field).toHaveAccessibleDescription(/방 제목이 비어 있습니다\./);
  await expect(page.locator("#password")).toBeEmpty();
  await field.fill("이제 됐다");
  await page.getByRole("button", { name: "생성" }).click();
  await expect(page.getByRole("heading", { name: "이제 됐다" })).toBeVisible();
});
