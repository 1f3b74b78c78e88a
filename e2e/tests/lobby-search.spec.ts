// Finding a room among many, while rooms come and go.

import { expectAccessible } from "../support/accessible.ts";
import { Visitor } from "../support/course.ts";
import { expect, type Page, test } from "../support/fixtures.ts";

test.use({ settings: { GIFCHAT_GRACE: "10m" } });

const TITLES = [
  "점심 뭐 먹지?",
  "점심시간 산책",
  "고양이 움짤 모음",
  "수학 스터디 7조",
  "Weekend plans",
  "주말 등산",
  "영화 이야기",
  "밤샘 코딩",
];

async function makeRooms(url: string, titles: readonly string[]): Promise<Visitor> {
  const maker = new Visitor(url);
  for (const title of titles) await maker.makeRoom({ title });
  return maker;
}

function field(page: Page) {
  return page.getByRole("searchbox", { name: "방 찾기" });
}

async function expectRooms(page: Page, titles: readonly string[]): Promise<void> {
  const shown = page.locator("#rooms tbody tr:not([hidden]) [data-slot=title]");
  await expect.poll(async () => (await shown.allTextContents()).sort()).toEqual([...titles].sort());
}

test("there is a field as soon as there are many rooms", async ({ arrive, server }) => {
  const maker = await makeRooms(server.url, TITLES.slice(1));
  const [page, plain] = [await arrive(), await arrive({ javaScriptEnabled: false })];
  await page.goto("/");
  await expect(page.locator("#rooms tbody tr")).toHaveCount(7);
  await expect(field(page)).toBeHidden();
  await maker.makeRoom({ title: "여덟째 방" });
  await expect(field(page)).toBeVisible();
  await field(page).fill("여덟째");
  await expectRooms(page, ["여덟째 방"]);
  await plain.goto("/");
  await expect(plain.locator("#rooms tbody tr")).toHaveCount(8);
  await expect(plain.locator("#search")).toBeHidden();
});

test("rooms are found as one types, and how many is said politely", async ({ arrive, server }) => {
  await makeRooms(server.url, TITLES);
  const page = await arrive();
  await page.goto("/");
  const found = page.getByRole("search").getByRole("status");
  await field(page).pressSequentially("점심");
  await expectRooms(page, ["점심 뭐 먹지?", "점심시간 산책"]);
  await expect(found).toHaveText("방 2개를 찾았습니다.");
  await field(page).fill("WEEKEND");
  await expectRooms(page, ["Weekend plans"]);
  await expect(found).toHaveText("방 1개를 찾았습니다.");
  await field(page).fill("ㅈㅅ");
  await expectRooms(page, ["점심 뭐 먹지?", "점심시간 산책"]);
  await field(page).press("Escape");
  await expect(field(page)).toHaveValue("");
  await expect(field(page)).toBeFocused();
  await expectRooms(page, TITLES);
  await expect(found).toBeEmpty();
});

test("a syllable that is being composed finds what it will become", async ({ arrive, server }) => {
  await makeRooms(server.url, TITLES);
  const page = await arrive();
  await page.goto("/");
  await field(page).focus();
  const session = await page.context().newCDPSession(page);
  for (const text of ["ㅅ", "사", "산"]) {
    await session.send("Input.imeSetComposition", { text, selectionStart: 1, selectionEnd: 1 });
    await expect(field(page)).toHaveValue(text);
    await expect(page.locator("#rooms tbody tr", { hasText: "점심시간 산책" })).toBeVisible();
  }
  await session.send("Input.insertText", { text: "산" });
  await expectRooms(page, ["점심시간 산책", "주말 등산"]);
});

test("without a result it is said what to do", async ({ arrive, server }) => {
  await makeRooms(server.url, TITLES);
  const page = await arrive();
  await page.goto("/");
  await field(page).fill("없는 이름");
  const nothing = page.locator("#none-found");
  await expect(nothing).toContainText("맞는 방이 없습니다. 다른 말로 찾거나");
  await expect(page.getByRole("search").getByRole("status")).toContainText("맞는 방이 없습니다.");
  await expect(page.locator("#rooms")).toBeHidden();
  await field(page).press("Tab");
  await page.keyboard.press("Enter");
  await expect(field(page)).toBeFocused();
  await expectRooms(page, TITLES);
  await expect(nothing).toBeHidden();
});

test("rooms that come and go neither end the search nor show up in it", async ({
  arrive,
  server,
}) => {
  const maker = await makeRooms(server.url, TITLES);
  const page = await arrive();
  await page.goto("/");
  await field(page).fill("점심");
  await expectRooms(page, ["점심 뭐 먹지?", "점심시간 산책"]);
  const id = await maker.makeRoom({ title: "저녁 약속" });
  await maker.makeRoom({ title: "늦은 점심" });
  await expectRooms(page, ["점심 뭐 먹지?", "점심시간 산책", "늦은 점심"]);
  await expect(page.locator("#rooms tbody tr")).toHaveCount(10);
  await expect(page.getByRole("search").getByRole("status")).toHaveText("방 3개를 찾았습니다.");
  expect((await maker.chat(id, "저녁에 봅시다")).status).toBe(200);
  await expect(page.locator(`[data-room="${id}"] [data-slot=seats]`)).toHaveText("1 / 10");
  await expect(page.locator(`[data-room="${id}"]`)).toBeHidden();
  await maker.ask(`/room/${id}`, { method: "DELETE" });
  await expect(page.locator("#rooms tbody tr")).toHaveCount(9);
  await expect(field(page)).toHaveValue("점심");
  await expect(field(page)).toBeFocused();
  await expectRooms(page, ["점심 뭐 먹지?", "점심시간 산책", "늦은 점심"]);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the search is accessible in ${colorScheme}`, async ({ arrive, server }) => {
    await makeRooms(server.url, TITLES);
    const page = await arrive({ colorScheme });
    await page.goto("/");
    await field(page).fill("점심");
    await expect(page.getByRole("search").getByRole("status")).toHaveText("방 2개를 찾았습니다.");
    await expectAccessible(page, "lobby with a search");
    await field(page).fill("없는 이름");
    await expect(page.locator("#none-found")).toBeVisible();
    await expectAccessible(page, "search without a result");
  });
}
