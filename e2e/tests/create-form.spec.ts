// The form that makes a room: what is wrong is said beside its field, before it is sent and by the server.

import { expectAccessible } from "../support/accessible.ts";
import { Visitor } from "../support/course.ts";
import { expect, type Page, test } from "../support/fixtures.ts";
import { fillRoomForm, inRoom } from "../support/room.ts";

const EMPTY = "방 제목이 비어 있습니다. 방 제목을 입력해 주십시오.";
const TOO_LONG = "방 제목이 너무 깁니다. 100자까지로 줄여 주십시오.";
const SEATS = "허용 인원은 2명부터 1000명까지입니다. 그 사이의 수를 입력해 주십시오.";
const PASSWORD = "비밀번호가 너무 깁니다. 128바이트까지로 줄여 주십시오.";

function field(page: Page, name: "title" | "max" | "password") {
  return page.locator(`#${name}`);
}

function submit(page: Page) {
  return page.locator("form button[type=submit]");
}

/** Counts how often the form is sent. */
function countPosts(page: Page): () => number {
  let posts = 0;
  page.on("request", (request) => {
    if (request.method() === "POST" && new URL(request.url()).pathname === "/room") posts += 1;
  });
  return () => posts;
}

test("every mistake is said beside its field before anything is sent", async ({ arrive }) => {
  const page = await arrive();
  const posts = countPosts(page);
  await page.goto("/room");
  await field(page, "title").fill("   ");
  await field(page, "max").fill("1");
  await field(page, "password").fill("가".repeat(43));
  await submit(page).click();
  for (const [name, sentence] of [["title", EMPTY], ["max", SEATS], ["password", PASSWORD]] as const) {
    await expect(field(page, name)).toHaveAttribute("aria-invalid", "true");
    await expect(field(page, name)).toHaveAccessibleDescription(new RegExp(sentence));
    await expect(page.locator(`#${name}-error`)).toHaveText(sentence);
    await expect(page.locator(`#${name}-error`)).toBeVisible();
  }
  await expect(field(page, "title")).toBeFocused();
  await field(page, "title").fill("이제 됐다");
  await expect(field(page, "title")).not.toHaveAttribute("aria-invalid");
  await expect(page.locator("#title-error")).toBeHidden();
  await page.keyboard.press("Enter");
  await expect(field(page, "max")).toBeFocused();
  await field(page, "max").fill("1000");
  await field(page, "password").fill("가".repeat(42));
  expect(posts()).toBe(0);
  await page.keyboard.press("Enter");
  await inRoom(page);
  expect(posts()).toBe(1);
});

test("English readers read it in English", async ({ arrive }) => {
  const page = await arrive({ locale: "en-GB" });
  await page.goto("/room");
  await field(page, "max").fill("2.5");
  await submit(page).click();
  await expect(page.locator("#title-error")).toHaveText("The room has no title. Please give it one.");
  await expect(page.locator("#max-error")).toHaveText(/^A room has 2 to 1000 seats\./);
});

test("a title is counted near its limit, in characters as people see them", async ({ arrive }) => {
  const page = await arrive();
  await page.goto("/room");
  const count = page.locator("#title-count");
  await field(page, "title").fill("가".repeat(80));
  await expect(count).toBeEmpty();
  await field(page, "title").fill("👨‍👩‍👧‍👦".repeat(100));
  await expect(count).toHaveText("100 / 100");
  await expect(field(page, "title")).not.toHaveAttribute("aria-invalid");
  await expect(page.locator("#title-left")).toHaveText("0자 더 쓸 수 있습니다.");
  await page.keyboard.press("End");
  await page.keyboard.type("끝");
  await expect(count).toHaveText("101 / 100");
  await expect(page.locator("#title-error")).toHaveText(TOO_LONG);
  await expect(page.locator("#title-left")).toHaveText("1자를 줄여야 합니다.");
  await submit(page).click();
  await expect(field(page, "title")).toBeFocused();
  await page.keyboard.press("End");
  await page.keyboard.press("Backspace");
  await expect(page.locator("#title-error")).toBeHidden();
  await submit(page).click();
  await inRoom(page);
});

test("a second press makes no second room", async ({ arrive, server }) => {
  const page = await arrive();
  const posts = countPosts(page);
  await page.goto("/room");
  await field(page, "title").fill("한 번만");
  const said = page.waitForEvent("console", (message) => message.text() === "만드는 중");
  await submit(page).evaluate((button) => {
    new MutationObserver(() => console.info(button.textContent)).observe(button, { childList: true });
  });
  let letThrough = (): void => undefined;
  const allowed = new Promise<void>((resolve) => (letThrough = resolve));
  await page.route("/room", async (route) => {
    await allowed;
    await route.continue();
  });
  const box = await submit(page).boundingBox();
  const press = (): Promise<void> => page.mouse.click((box?.x ?? 0) + 9, (box?.y ?? 0) + 9);
  const sent = page.waitForRequest((request) => request.method() === "POST");
  await press();
  await sent;
  await press();
  await page.keyboard.press("Enter");
  letThrough();
  await said;
  await inRoom(page);
  expect(posts()).toBe(1);
  const lobby = await (await new Visitor(server.url).ask("/")).text();
  expect(lobby.split("한 번만").length - 1).toBe(1);
});

test("whoever comes back to the form can use it again", async ({ arrive }) => {
  const page = await arrive();
  await fillRoomForm(page, { title: "첫 번째" });
  await inRoom(page);
  await page.goBack();
  await expect(submit(page)).toHaveText("생성");
  await field(page, "title").fill("두 번째");
  await submit(page).click();
  await expect(page.getByRole("heading", { name: "두 번째" })).toBeVisible();
});

test("a password can be looked at while it is typed, and is a password again when sent", async ({
  arrive,
}) => {
  const page = await arrive();
  await page.goto("/room");
  await field(page, "title").fill("비밀");
  await field(page, "password").fill("열려라");
  const show = page.getByRole("button", { name: "입력한 비밀번호 보기" });
  await expect(show).toHaveAttribute("aria-pressed", "false");
  await show.click();
  await expect(field(page, "password")).toHaveAttribute("type", "text");
  await expect(field(page, "password")).toBeFocused();
  await expect(show).toHaveAttribute("aria-pressed", "true");
  const sent = page.waitForEvent("console", (message) => message.text() === "sent as password");
  await field(page, "password").evaluate((input: HTMLInputElement) => {
    input.form?.addEventListener("submit", () => console.info(`sent as ${input.type}`));
  });
  await submit(page).click();
  await sent;
  await inRoom(page);
});

test("the server says the same without scripts, and keeps what was typed", async ({
  arrive,
  watch,
}) => {
  watch.expect(/status of 422/);
  const page = await arrive({ javaScriptEnabled: false });
  await page.goto("/room");
  await field(page, "title").fill("가".repeat(101));
  await field(page, "max").fill("7");
  await field(page, "password").fill("열려라");
  await submit(page).click();
  await expect(page.locator("#title-error")).toHaveText(TOO_LONG);
  await expect(field(page, "title")).toHaveValue("가".repeat(101));
  await expect(field(page, "title")).toBeFocused();
  await expect(field(page, "max")).toHaveValue("7");
  await expect(page.getByText("비밀번호를 다시 입력해 주십시오.")).toBeVisible();
});

test.describe("with a budget of one room", () => {
  test.use({ settings: { GIFCHAT_ROOMS_OPEN_MAX: "1" } });

  test("too many rooms are refused on the form, with what was typed", async ({ arrive, watch }) => {
    watch.expect(/status of 429/);
    const page = await arrive();
    await fillRoomForm(page, { title: "첫 방" });
    await inRoom(page);
    await page.goto("/room");
    await field(page, "title").fill("둘째 방");
    await field(page, "max").fill("5");
    await submit(page).click();
    await expect(page.getByRole("alert")).toHaveText(/^너무 빠릅니다\. \d+초 뒤에/);
    await expect(field(page, "title")).toHaveValue("둘째 방");
    await expect(field(page, "max")).toHaveValue("5");
    await expectAccessible(page, "form that was refused as a whole");
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the form with its mistakes is accessible in ${colorScheme}`, async ({ arrive }) => {
    const page = await arrive({ colorScheme });
    await page.goto("/room");
    await field(page, "title").fill("가".repeat(101));
    await field(page, "max").fill("0");
    await field(page, "password").fill("x".repeat(129));
    await submit(page).click();
    await expect(page.locator("#max-error")).toBeVisible();
    await expectAccessible(page, "create form with mistakes");
  });
}
