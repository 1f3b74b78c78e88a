// An invitation link lets in without the password, leaves no trace in the address, and can be taken back.

import { expect, type Locator, type Page, test } from "../support/fixtures.ts";
import { manage, openPart } from "../support/managing.ts";
import { inRoom, makeRoom, seatCount } from "../support/room.ts";

const COPIES = { permissions: ["clipboard-read", "clipboard-write"] };

async function invitations(owner: Page): Promise<Locator> {
  return openPart(await manage(owner), "초대 링크");
}

async function newLink(part: Locator): Promise<string> {
  await part.getByRole("button", { name: "초대 링크 만들기" }).click();
  await expect(part.getByLabel("새 초대 링크")).toBeFocused();
  return part.getByLabel("새 초대 링크").inputValue();
}

test("the link lets in without the password and leaves no trace in the address", async ({ arrive }) => {
  const [owner, guest] = [await arrive(COPIES), await arrive()];
  const room = await makeRoom(owner, { title: "초대받은 방", password: "열쇠" });
  const part = await invitations(owner);
  const link = await newLink(part);
  expect(new URL(link).pathname).toBe(room);
  expect(new URL(link).hash).toMatch(/^#invite=\S+$/);
  await part.getByRole("button", { name: "링크 복사" }).click();
  await expect(part).toContainText("링크를 복사했습니다.");
  expect(await owner.evaluate(() => navigator.clipboard.readText())).toBe(link);
  await guest.goto(link);
  await inRoom(guest);
  expect(guest.url()).not.toContain("#");
  await expect(seatCount(guest)).toHaveText("2 / 10명");
  await guest.goto("/");
  await guest.goto(link);
  await inRoom(guest);
  expect(guest.url()).not.toContain("#");
});

test("a link that is taken back says so kindly, and the password still works", async ({ arrive, watch }) => {
  watch.expect(/status of (401|403|422)/);
  const [owner, guest] = [await arrive(), await arrive({ locale: "en-US" })];
  await makeRoom(owner, { title: "거둔 초대", password: "열쇠" });
  const part = await invitations(owner);
  const link = await newLink(part);
  await expect(part.getByRole("listitem")).toHaveCount(1);
  await part.getByRole("button", { name: /거두기/ }).click();
  await expect(part).toContainText("만들어 둔 초대 링크가 없습니다.");
  await guest.goto(link);
  await expect(guest.getByRole("alert")).toContainText("This invitation link is over.");
  expect(guest.url()).not.toContain("#");
  await guest.getByLabel("Password").fill("열쇠");
  await guest.getByRole("button", { name: "Enter" }).click();
  await inRoom(guest);
});

test("the link is a QR code too, dark on light in both themes", async ({ arrive }) => {
  const owner = await arrive({ colorScheme: "dark" });
  await makeRoom(owner, { title: "찍어 오기", password: "열쇠" });
  const part = await invitations(owner);
  await newLink(part);
  await part.getByRole("button", { name: "QR 코드" }).click();
  const code = part.getByRole("img", { name: /QR 코드/ });
  await expect(code).toBeVisible();
  await expect(code.locator("rect")).toHaveCSS("fill", "rgb(255, 255, 255)");
  await expect(code.locator("path")).toHaveCSS("fill", "rgb(0, 0, 0)");
});

test("a link to a room that is gone ends in the lobby without the invitation", async ({ arrive }) => {
  const guest = await arrive();
  await guest.goto(`/room/${"0".repeat(32)}#invite=${"a".repeat(32)}`);
  await expect(guest.getByRole("alert")).toHaveText("존재하지 않는 방입니다.");
  await expect(guest).toHaveURL("/");
});
