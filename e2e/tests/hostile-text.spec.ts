// Whatever people write is text, never markup: in titles, messages and the names of files.

import { expect, test } from "../support/fixtures.ts";
import { gif } from "../support/gif.ts";
import {
  enterRoom,
  expectPictures,
  expectSaid,
  inRoom,
  lobbyLine,
  makeRoom,
  say,
  sendGif,
} from "../support/room.ts";

const PAYLOADS = [
  `<script>alert(1)</script>`,
  `<img src=x onerror=alert(1)>`,
  `"><svg/onload=alert(1)>`,
  `'"\`--><iframe srcdoc="<script>alert(1)</script>">`,
  `</title></textarea></style></bdi><details open ontoggle=alert(1)>`,
  `javascript:alert(1)`,
  `{{constructor.constructor('alert(1)')()}} \${alert(1)} {@html "<b>x</b>"}`,
  `&lt;img src=x onerror=alert(1)&gt; &amp;`,
  `<a href="javascript:alert(1)">눌러 보십시오</a>`,
  `__proto__`,
  `{"$gt":""}`,
];

/** Turns the direction of what follows it. */
const TURNED = "\u202etxt.exe\u202c";

/** Marks of markup that came out of a text. */
const FOREIGN = "iframe, details, [onerror], [onload], [ontoggle], [srcdoc], a[href^='javascript:']";

test("hostile messages are shown as they were written", async ({ arrive }) => {
  const [writer, reader] = [await arrive(), await arrive()];
  const room = await makeRoom(writer, { title: "글자 그대로" });
  await enterRoom(reader, room);
  const texts = [...PAYLOADS, TURNED];
  for (const [index, text] of texts.entries()) {
    await say(writer, text);
    await expectSaid(reader, texts.slice(0, index + 1));
  }
  await reader.reload();
  await inRoom(reader);
  for (const page of [writer, reader]) {
    await expectSaid(page, texts);
    await expect(page.locator("#messages .bubble.text *")).toHaveCount(0);
    await expect(page.locator(FOREIGN)).toHaveCount(0);
  }
  const plain = await arrive({ javaScriptEnabled: false });
  await plain.goto(room);
  await expect(plain.locator("#history .bubble.text")).toHaveText(texts);
});

test("hostile titles are shown as they were written, in the lobby and in the room", async ({
  arrive,
}) => {
  const [live, maker, served] = [await arrive(), await arrive(), await arrive()];
  await live.goto("/");
  for (const title of PAYLOADS) {
    await makeRoom(maker, { title });
    await expect(maker.getByRole("heading", { level: 1 })).toHaveText(title);
    expect(await maker.title()).toContain(title.trim());
    await expect(maker.locator(FOREIGN)).toHaveCount(0);
    await expect(lobbyLine(live, title).locator("[data-slot=title]")).toHaveText(title);
  }
  await served.goto("/");
  for (const page of [live, served]) {
    const titles = page.locator("#rooms [data-slot=title]");
    await expect(titles).toHaveCount(PAYLOADS.length);
    expect((await titles.allTextContents()).sort()).toEqual([...PAYLOADS].sort());
    await expect(page.locator("#rooms [data-slot=title] *")).toHaveCount(0);
    await expect(page.locator(FOREIGN)).toHaveCount(0);
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
  ];
  for (const [index, name] of names.entries()) {
    await sendGif(sender, { bytes: gif({ width: 40, height: 30, hue: index * 60 }), name });
    await expectPictures(reader, index + 1);
  }
  const sources = await reader
    .locator("#messages img.gif")
    .evaluateAll((images) => images.map((image) => image.getAttribute("src")));
  for (const source of sources) expect(source).toMatch(/^\/gif\/[\w-]+\.gif$/);
  await expect(sender.locator(FOREIGN)).toHaveCount(0);
});

test("a hostile notice in an address is only read", async ({ arrive }) => {
  const page = await arrive();
  for (const payload of PAYLOADS) {
    await page.goto(`/?error=${encodeURIComponent(payload)}`);
    await expect(page.getByRole("alert")).toHaveText(payload);
    await expect(page.locator(FOREIGN)).toHaveCount(0);
  }
});
