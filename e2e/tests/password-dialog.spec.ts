// The password of a secret room is asked in a dialog of the lobby.

import { expectAccessible } from "../support/accessible.ts";
import { expect, type Page, test } from "../support/fixtures.ts";
import { inRoom, lobbyLine, makeRoom } from "../support/room.ts";

const PASSWORD = "별빛 아래서 7";
const TITLE = "비밀 모임";
const PHONE = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };

function enterLink(page: Page) {
  return lobbyLine(page, TITLE).getByRole("link", { name: "입장" });
}

function dialogOf(page: Page) {
  return page.getByRole("dialog", { name: TITLE });
}

function fieldOf(page: Page) {
  return dialogOf(page).getByLabel("비밀번호");
}

async function answer(page: Page, password: string): Promise<void> {
  await fieldOf(page).fill(password);
  await dialogOf(page).getByRole("button", { name: "입장" }).click();
}

/** A page in the lobby that has just met the room. */
async function openDialog(page: Page): Promise<void> {
  await page.goto("/");
  await enterLink(page).click();
  await expect(fieldOf(page)).toBeFocused();
}

test("the right password leads into the room, a wrong one is said where it was typed", async ({
  arrive,
  watch,
}) => {
  watch.expect(/status of 401/);
  const [maker, guest] = [await arrive(), await arrive()];
  const room = await makeRoom(maker, { title: TITLE, password: PASSWORD });
  const addresses: string[] = [];
  guest.on("request", (request) => addresses.push(request.url()));
  await openDialog(guest);
  await expect(fieldOf(guest)).toHaveAttribute("type", "password");
  await answer(guest, "아무거나");
  await expect(dialogOf(guest).getByRole("alert")).toHaveText("비밀번호가 틀렸습니다.");
  await expect(fieldOf(guest)).toBeFocused();
  await expect(fieldOf(guest)).toHaveValue("아무거나");
  await expect(fieldOf(guest)).toHaveAttribute("aria-invalid", "true");
  await expect(fieldOf(guest)).toHaveAccessibleDescription("비밀번호가 틀렸습니다.");
  // What was wrong is selected: the next letters take its place.
  await guest.keyboard.type(PASSWORD);
  await expect(fieldOf(guest)).toHaveValue(PASSWORD);
  await guest.keyboard.press("Enter");
  await inRoom(guest);
  expect(guest.url().endsWith(room)).toBe(true);
  for (const address of addresses) {
    expect(decodeURIComponent(address)).not.toMatch(/별빛|아무거나|password/);
  }
});

test("nothing typed is said without asking the server", async ({ arrive }) => {
  const [maker, guest] = [await arrive(), await arrive()];
  await makeRoom(maker, { title: TITLE, password: PASSWORD });
  await openDialog(guest);
  await guest.keyboard.press("Enter");
  await expect(dialogOf(guest).getByRole("alert")).toHaveText("비밀번호를 입력해 주십시오.");
  await expect(fieldOf(guest)).toBeFocused();
});

test("Escape and the button close it, and the focus returns", async ({ arrive }) => {
  const [maker, guest] = [await arrive(), await arrive()];
  await makeRoom(maker, { title: TITLE, password: PASSWORD });
  await guest.goto("/");
  for (const close of [
    () => guest.keyboard.press("Escape"),
    () => dialogOf(guest).getByRole("button", { name: "취소" }).click(),
  ]) {
    await enterLink(guest).focus();
    await guest.keyboard.press("Enter");
    await expect(fieldOf(guest)).toBeFocused();
    await expect(fieldOf(guest)).toHaveValue("");
    await fieldOf(guest).fill("반쯤 쓰다가");
    await close();
    await expect(dialogOf(guest)).toBeHidden();
    await expect(enterLink(guest)).toBeFocused();
  }
  await expect(guest).toHaveURL("/");
});

test("whoever has been let in is not asked", async ({ arrive }) => {
  const [maker, guest] = [await arrive(), await arrive()];
  await makeRoom(maker, { title: TITLE, password: PASSWORD });
  await openDialog(guest);
  await answer(guest, PASSWORD);
  await inRoom(guest);
  for (const page of [maker, guest]) {
    await page.goto("/");
    await enterLink(page).click();
    await inRoom(page);
  }
});

test("whoever made the room in another tab is not kept waiting at its door", async ({ arrive }) => {
  const lobby = await arrive();
  await lobby.goto("/");
  const tab = await lobby.context().newPage();
  await makeRoom(tab, { title: TITLE, password: PASSWORD });
  await enterLink(lobby).click();
  await inRoom(lobby);
});

test("a full secret room asks for nothing", async ({ arrive, watch }) => {
  watch.expect(/status of 401/);
  const [maker, guest, late] = [await arrive(), await arrive(), await arrive()];
  await makeRoom(maker, { title: TITLE, max: 2, password: PASSWORD });
  await openDialog(guest);
  await answer(guest, PASSWORD);
  await inRoom(guest);
  await late.goto("/");
  await enterLink(late).click();
  await expect(late.getByRole("alert")).toHaveText("허용 인원을 초과했습니다.");
});

test("a press for a new tab opens the page of the password", async ({ arrive }) => {
  const [maker, guest] = [await arrive(), await arrive()];
  const room = await makeRoom(maker, { title: TITLE, password: PASSWORD });
  await guest.goto("/");
  const opened = guest.context().waitForEvent("page");
  await enterLink(guest).click({ modifiers: ["ControlOrMeta"] });
  const tab = await opened;
  await expect(tab).toHaveURL(room);
  await expect(tab.locator("#password")).toBeVisible();
  await expect(dialogOf(guest)).toBeHidden();
});

test("it is said when the server cannot be reached, and one can try again", async ({
  arrive,
  watch,
}) => {
  watch.expect(/net::ERR_/);
  const [maker, guest] = [await arrive(), await arrive()];
  await makeRoom(maker, { title: TITLE, password: PASSWORD });
  await openDialog(guest);
  await guest.route("**/enter", (route) => route.abort());
  await answer(guest, PASSWORD);
  await expect(dialogOf(guest).getByRole("alert")).toContainText("서버에 닿지 못했습니다.");
  await expect(fieldOf(guest)).toHaveValue(PASSWORD);
  await guest.unroute("**/enter");
  await guest.keyboard.press("Enter");
  await inRoom(guest);
});

test.describe("with a short grace", () => {
  test.use({ settings: { GIFCHAT_GRACE: "3s" } });

  test("it is said when the room is gone meanwhile", async ({ arrive }) => {
    const [maker, guest] = [await arrive(), await arrive()];
    await makeRoom(maker, { title: TITLE, password: PASSWORD });
    await openDialog(guest);
    await maker.locator("#leave").click();
    await expect(dialogOf(guest).getByRole("alert")).toContainText("이 방은 사라졌습니다.");
    await expect(dialogOf(guest).getByRole("button", { name: "입장" })).toBeDisabled();
    await expect(dialogOf(guest).getByRole("button", { name: "취소" })).toBeFocused();
    await guest.keyboard.press("Enter");
    await expect(guest.getByRole("dialog")).toBeHidden();
    await expect(guest.getByRole("heading", { name: "채팅방 목록" })).toBeFocused();
  });
});

test.describe("with a budget of one wrong password", () => {
  test.use({ settings: { GIFCHAT_PASSWORDS_PER_MINUTE: "1" } });

  test("too many attempts are said there, too", async ({ arrive, watch }) => {
    watch.expect(/status of (401|429)/);
    const [maker, guest] = [await arrive(), await arrive()];
    await makeRoom(maker, { title: TITLE, password: PASSWORD });
    await openDialog(guest);
    await answer(guest, "하나");
    await expect(dialogOf(guest).getByRole("alert")).toHaveText("비밀번호가 틀렸습니다.");
    await answer(guest, PASSWORD);
    await expect(dialogOf(guest).getByRole("alert")).toHaveText(/^너무 빠릅니다\. \d+초 뒤에/);
    await expect(fieldOf(guest)).toBeFocused();
  });
});

test("on a phone it stays above the keyboard, and nothing is cut", async ({ arrive }) => {
  const [maker, phone] = [await arrive(), await arrive(PHONE)];
  await makeRoom(maker, { title: TITLE, password: PASSWORD });
  await phone.goto("/");
  await enterLink(phone).tap();
  await expect(fieldOf(phone)).toBeFocused();
  // What a phone has left beside its keyboard.
  await phone.setViewportSize({ width: 320, height: 320 });
  await expect(fieldOf(phone)).toBeInViewport({ ratio: 1 });
  await expect(dialogOf(phone).getByRole("button", { name: "입장" })).toBeInViewport({ ratio: 1 });
  const box = await dialogOf(phone).boundingBox();
  expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 999) <= 320, JSON.stringify(box)).toBe(true);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the dialog is accessible in ${colorScheme}`, async ({ arrive, watch }) => {
    watch.expect(/status of 401/);
    const [maker, guest] = [await arrive(), await arrive({ colorScheme })];
    await makeRoom(maker, { title: TITLE, password: PASSWORD });
    await openDialog(guest);
    await expectAccessible(guest, "dialog");
    await answer(guest, "아님");
    await expect(dialogOf(guest).getByRole("alert")).not.toBeEmpty();
    await expectAccessible(guest, "dialog with an error");
  });
}
