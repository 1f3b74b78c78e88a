// Whatever people write is text, never markup: in titles, messages, addresses, cookies, names of files.

import { Visitor } from "../support/course.ts";
import { expect, type Page, test } from "../support/fixtures.ts";
import { gif } from "../support/gif.ts";
import { expectNoSidewaysScrolling } from "../support/looks.ts";
import { FOREIGN, ISOLATED, payloadLines, PAYLOADS, TURNED } from "../support/payloads.ts";
import {
  enterRoom,
  expectPictures,
  expectSaid,
  inRoom,
  makeRoom,
  saidIn,
  sendGif,
} from "../support/room.ts";

const LONG_WORD = "가".repeat(3_000);
const TITLE_LENGTH_MAX = 100;
const NOTICE_LENGTH_MAX = 200;

/** Everything of the page was written by us. */
async function expectNothingForeign(page: Page): Promise<void> {
  await expect(page.locator(FOREIGN)).toHaveCount(0);
}

test("hostile messages are shown as they were written", async ({ arrive, server }) => {
  const reader = await arrive();
  const room = await makeRoom(reader, { title: "글자 그대로" });
  const writer = new Visitor(server.url);
  const texts = [...PAYLOADS, TURNED, ISOLATED, LONG_WORD];
  for (const text of texts) {
    expect((await writer.chat(room.replace("/room/", ""), text)).ok, text).toBe(true);
  }
  await expect.poll(() => saidIn(reader), { timeout: 20_000 }).toEqual(texts);
  await expectNothingForeign(reader);
  await reader.reload();
  await inRoom(reader);
  await expectSaid(reader, texts);
  await expect(reader.locator("#messages .bubble.text *")).toHaveCount(0);
  await expectNothingForeign(reader);
  await expectNoSidewaysScrolling(reader);
  const plain = await arrive({ javaScriptEnabled: false });
  await plain.goto(room);
  expect(await plain.locator("#history .bubble.text").allTextContents()).toEqual(texts);
  await expectNothingForeign(plain);
});

test("one can write hostile texts oneself", async ({ arrive }) => {
  const writer = await arrive();
  await makeRoom(writer, { title: "직접 쓰기" });
  const texts = PAYLOADS.filter((_, index) => index % 8 === 0);
  for (const [index, text] of texts.entries()) {
    await writer.locator("#composer").fill(text);
    await writer.locator("#composer").press("Enter");
    await expectSaid(writer, texts.slice(0, index + 1));
  }
  await expectNothingForeign(writer);
});

test("hostile titles are shown as they were written, in the lobby and in the room", async ({
  arrive,
  server,
}) => {
  const [live, served] = [await arrive(), await arrive()];
  await live.goto("/");
  const maker = new Visitor(server.url);
  const titles = payloadLines(TITLE_LENGTH_MAX);
  const paths: string[] = [];
  for (const title of titles) paths.push(`/room/${await maker.makeRoom({ title })}`);
  await served.goto("/");
  for (const page of [live, served]) {
    const slots = page.locator("#rooms [data-slot=title]");
    await expect(slots).toHaveCount(titles.length);
    expect((await slots.allTextContents()).sort()).toEqual([...titles].sort());
    await expect(page.locator("#rooms [data-slot=title] *")).toHaveCount(0);
    await expectNothingForeign(page);
  }
  for (const [index, path] of paths.entries()) {
    await served.goto(path, { waitUntil: "domcontentloaded" });
    await expect(served.getByRole("heading", { level: 1 })).toHaveText(titles[index] ?? "");
    expect(await served.title()).toContain(titles[index]);
    await expectNothingForeign(served);
  }
});

test("hostile titles stand in the password form and in a refused form as they are", async ({
  arrive,
  server,
  watch,
}) => {
  watch.expect(/status of 422/);
  // Without its script the form is refused by the server, which writes it anew.
  const page = await arrive({ javaScriptEnabled: false });
  const maker = new Visitor(server.url);
  for (const title of payloadLines(TITLE_LENGTH_MAX).filter((_, index) => index % 3 === 0)) {
    const secret = await maker.makeRoom({ title, password: "열쇠" });
    await page.goto(`/room/${secret}`, { waitUntil: "domcontentloaded" });
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
    await expectNothingForeign(page);
    await page.goto("/room", { waitUntil: "domcontentloaded" });
    await page.locator("#title").fill(title);
    await page.locator("#password").fill("a".repeat(129));
    await page.locator("main form button[type=submit]").click();
    await expect(page.locator("#password")).toHaveAttribute("aria-invalid", "true");
    await expect(page.locator("#title")).toHaveValue(title);
    await expectNothingForeign(page);
  }
});

test("a title cannot turn the text around it", async ({ arrive }) => {
  const page = await arrive();
  await makeRoom(page, { title: TURNED });
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("txt.exe");
});

test("a hostile file name goes nowhere", async ({ arrive }) => {
  const [sender, reader] = [await arrive(), await arrive()];
  const room = await makeRoom(sender, { title: "파일 이름" });
  await enterRoom(reader, room);
  const names = [
    `"><img src=x onerror=alert(1)>.gif`,
    `../../../../etc/passwd.gif`,
    `</script><script>alert(1)</script>.gif`,
    `움짤\r\nX-Evil: 1.gif`,
    `\u202efig.exe.gif`,
    `${"가".repeat(80)}.gif`,
  ];
  for (const [index, name] of names.entries()) {
    await sendGif(sender, { bytes: gif({ width: 40, height: 30, hue: index * 60 }), name });
    await expectPictures(reader, index + 1);
  }
  const sources = await reader
    .locator("#messages img.gif")
    .evaluateAll((images) => images.map((image) => image.getAttribute("src")));
  for (const source of sources) expect(source).toMatch(/^\/gif\/[\w-]+\.gif$/);
  await expectNothingForeign(sender);
});

test("a hostile notice in an address is only read", async ({ arrive }) => {
  const page = await arrive();
  for (const payload of payloadLines(NOTICE_LENGTH_MAX)) {
    const address = `/?error=${encodeURIComponent(payload)}`;
    await page.goto(address, { waitUntil: "domcontentloaded" });
    await expect(page.getByRole("alert")).toHaveText(payload);
    await expectNothingForeign(page);
  }
});

test("a hostile address stands on its error page, and in the menu's way back", async ({
  arrive,
  server,
  watch,
}) => {
  watch.expect(/status of (400|404)/);
  const page = await arrive();
  for (const payload of payloadLines(NOTICE_LENGTH_MAX)) {
    const path = `/${encodeURIComponent(payload)}`;
    await page.goto(path, { waitUntil: "domcontentloaded" });
    await expectNothingForeign(page);
    const back = await page.locator("#settings [name=back]").inputValue();
    expect(new URL(back, server.url).origin).toBe(new URL(server.url).origin);
  }
});

test("a forged way back from the menu leads to a page of ours", async ({ arrive, server }) => {
  const page = await arrive({ javaScriptEnabled: false });
  const visitor = new Visitor(server.url);
  const places = ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example"];
  for (const back of [...places, ...PAYLOADS]) {
    const body = new URLSearchParams({ theme: "auto", back });
    const answer = await visitor.ask("/preferences", { method: "POST", body });
    const location = answer.headers.get("Location") ?? "";
    expect(location).toMatch(/^\/(?![/\\])[!-~]*$/);
    expect(new URL(location, server.url).origin).toBe(new URL(server.url).origin);
  }
  await page.goto("/");
  await expectNothingForeign(page);
});

test("forged cookies of language and theme are no choice", async ({ arrive, server }) => {
  const page = await arrive();
  const url = server.url;
  for (const value of [`"><script>`, `en"><script>alert(1)</script>`, "dark onload=alert(1)", "%22%3E"]) {
    await page.context().addCookies([
      { name: "gifchat-language", value, url },
      { name: "gifchat-theme", value, url },
    ]);
    for (const path of ["/", "/room"]) {
      await page.goto(path);
      await expect(page.locator("html")).toHaveAttribute("lang", "ko");
      await expect(page.locator("html")).not.toHaveAttribute("data-theme", /./);
      await expectNothingForeign(page);
    }
  }
});
