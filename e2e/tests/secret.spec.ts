// Rooms with a password: the form, the wrong and the right word, and addresses that stay clean.

import { expect, test } from "../support/fixtures.ts";
import { enterRoom, expectSaid, inRoom, makeRoom, say, seatCount } from "../support/room.ts";

const PASSWORD = "별빛 아래서 7";

test("a password lets in, by a form, into a clean address", async ({ arrive, watch }) => {
  watch.expect(/status of 401/);
  const [maker, guest] = [await arrive(), await arrive()];
  const room = await makeRoom(maker, { title: "비밀 모임", password: PASSWORD });
  await say(maker, "우리끼리만");
  await guest.goto(room);
  await expect(guest.getByRole("heading", { name: "비밀 모임" })).toBeVisible();
  await expect(guest.getByText("우리끼리만")).toHaveCount(0);
  await guest.getByLabel("비밀번호").fill("아무거나");
  await guest.getByRole("button", { name: "입장" }).click();
  await expect(guest.getByRole("alert")).toHaveText("비밀번호가 틀렸습니다.");
  await expect(guest.getByLabel("비밀번호")).toBeEmpty();
  await guest.getByLabel("비밀번호").fill(PASSWORD);
  await guest.getByRole("button", { name: "입장" }).click();
  await inRoom(guest);
  expect(new URL(guest.url()).pathname + new URL(guest.url()).search).toBe(room);
  await expectSaid(guest, ["우리끼리만"]);
  await guest.reload();
  await inRoom(guest);
  await expectSaid(guest, ["우리끼리만"]);
});

test("the maker of a secret room is let in without the password", async ({ arrive }) => {
  const page = await arrive();
  const room = await makeRoom(page, { title: "내 방", password: PASSWORD });
  await page.goto("/");
  await enterRoom(page, room);
  await expect(seatCount(page)).toHaveText("1 / 10명");
});

test("a password in the address is taken out of it", async ({ arrive }) => {
  const [maker, guest, stranger] = [await arrive(), await arrive(), await arrive()];
  const room = await makeRoom(maker, { title: "옛 주소", password: PASSWORD });
  await guest.goto(`${room}?password=${encodeURIComponent(PASSWORD)}`);
  await inRoom(guest);
  expect(guest.url().endsWith(room)).toBe(true);
  await stranger.goto(`${room}?password=wrong`);
  await expect(stranger.getByRole("alert")).toHaveText("비밀번호가 틀렸습니다.");
  expect(new URL(stranger.url()).pathname).toBe("/");
});
