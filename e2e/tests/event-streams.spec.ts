// Displays: pages of our own origin that only read, with the browser's own `EventSource`.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { JSHandle } from "@playwright/test";

import { Visitor } from "../support/course.ts";
import { expect, type Page, test, UNREACHABLE } from "../support/fixtures.ts";
import { PAYLOADS } from "../support/payloads.ts";

type Heard = {
  name: string;
  id: string;
  data: { _id?: string; title?: string; chat?: string; seq?: number; reset?: boolean };
};

type Display = { heard: Heard[]; source: EventSource };

const NAMES = ["rooms", "time", "newRoom", "updateRoom", "removeRoom", "joined", "chat", "join"];

async function display(page: Page, path: string): Promise<JSHandle<Display>> {
  return page.evaluateHandle(
    ([address, names]) => {
      const source = new EventSource(address, { withCredentials: true });
      const heard: Heard[] = [];
      for (const name of names) {
        source.addEventListener(name, ({ lastEventId, data }) => {
          heard.push({ name, id: lastEventId, data: JSON.parse(data) });
        });
      }
      return { heard, source };
    },
    [path, NAMES] as const,
  );
}

async function heard(shown: JSHandle<Display>, name: string): Promise<Heard[]> {
  const all = await shown.evaluate((display) => display.heard);
  return all.filter((event) => event.name === name);
}

async function texts(shown: JSHandle<Display>): Promise<(string | undefined)[]> {
  return (await heard(shown, "chat")).map((event) => event.data.chat);
}

test("a display sees rooms come and change, and hears what is said", async ({
  arrive,
  server,
  watch,
}) => {
  watch.expect(/status of 404/);
  const page = await arrive();
  await page.goto("/");
  const lobby = await display(page, "/events");
  await expect.poll(async () => (await heard(lobby, "rooms")).length).toBe(1);
  const writer = new Visitor(server.url);
  const room = await writer.makeRoom({ title: "안내판" });
  await expect
    .poll(async () => (await heard(lobby, "newRoom")).map(({ data }) => data.title))
    .toEqual(["안내판"]);
  await writer.chat(room, "먼저 한 말");
  const inside = await display(page, `/room/${room}/events`);
  await expect.poll(() => texts(inside)).toEqual(["먼저 한 말"]);
  await writer.chat(room, "지금 한 말");
  await expect.poll(() => texts(inside)).toEqual(["먼저 한 말", "지금 한 말"]);
  await expect.poll(async () => (await heard(lobby, "updateRoom")).length).toBeGreaterThan(0);
  await writer.ask(`/room/${room}`, { method: "DELETE" });
  await expect
    .poll(async () => (await heard(lobby, "removeRoom")).map(({ data }) => data))
    .toEqual([room]);
  // The browser asks once more, is told that there is no such room, and gives up.
  await expect
    .poll(() => inside.evaluate(({ source }) => source.readyState === EventSource.CLOSED))
    .toBe(true);
});

test.describe("a stop that takes its time", () => {
  test.use({ settings: { GIFCHAT_STOP_TIME_MAX: "14s" } });

  test("after a restart the browser goes on by itself where it was", async ({
    arrive,
    server,
    watch,
  }) => {
    watch.expect(...UNREACHABLE);
    const page = await arrive();
    await page.goto("/");
    const writer = new Visitor(server.url);
    const room = await writer.makeRoom({ title: "안내판" });
    const lobby = await display(page, "/events");
    const inside = await display(page, `/room/${room}/events`);
    await expect.poll(async () => (await heard(inside, "joined")).length).toBe(1);
    // One who polls has some time to hear of the stop: longer than browsers wait before they come back.
    await writer.ask("/socket.io/?EIO=4&transport=polling");
    const said = Array.from({ length: 10 }, (_, number) => `말 ${number}`);
    for (const text of said.slice(0, 5)) await writer.chat(room, text);
    await server.stop();
    await server.start();
    for (const text of said.slice(5, 9)) await writer.chat(room, text);
    await writer.makeRoom({ title: "새 방" });
    await expect.poll(async () => (await heard(inside, "joined")).length).toBe(2);
    await writer.chat(room, said[9] ?? "");
    await expect.poll(() => texts(inside)).toEqual(said);

    const resets = (await heard(inside, "joined")).map((event) => event.data.reset);
    expect(resets).toEqual([true, false]);
    const seqs = (await heard(inside, "chat")).map((event) => event.data.seq ?? 0);
    expect(seqs).toEqual(seqs.map((_, place) => (seqs[0] ?? 0) + place));
    const ids = (await heard(inside, "chat")).map((event) => event.id.split(":")[1]);
    expect(ids).toEqual(seqs.map(String));
    await expect.poll(async () => (await heard(lobby, "rooms")).length).toBe(2);
    expect(JSON.stringify((await heard(lobby, "rooms"))[1]?.data)).toContain("안내판");
  });
});

test("a page of another origin gets no stream, and takes no seat", async ({
  arrive,
  server,
  watch,
}) => {
  watch.expect(/CORS|status of 403|net::ERR_FAILED/);
  const writer = new Visitor(server.url);
  const room = await writer.makeRoom({ title: "남의 쪽" });
  const foreign = createServer((_, answer) => {
    answer.setHeader("Content-Type", "text/html").end("<!doctype html><title>다른 곳</title>");
  });
  foreign.listen(0);
  await once(foreign, "listening");
  const { port } = foreign.address() as AddressInfo;
  const page = await arrive();
  // The cookie of a visitor who has been here.
  await page.goto("/");
  for (const host of ["localhost", "127.0.0.1"]) {
    watch.allowHost(`${host}:${port}`);
    await page.goto(`http://${host}:${port}/`);
    for (const path of ["/events", `/room/${room}/events`]) {
      const shown = await display(page, server.url + path);
      await expect
        .poll(() => shown.evaluate(({ source }) => source.readyState === EventSource.CLOSED))
        .toBe(true);
      expect(await shown.evaluate((display) => display.heard)).toEqual([]);
    }
  }
  foreign.close();
  const answers = server.log.match(/path="[^"]*\/events" status=\d+/g) ?? [];
  expect(answers.map((line) => line.slice(-3))).toEqual(["403", "403", "403", "403"]);
  await page.goto(server.url);
  const lobby = await display(page, "/events");
  await expect.poll(async () => (await heard(lobby, "rooms")).length).toBe(1);
  expect((await heard(lobby, "rooms"))[0]?.data).toMatchObject([{ _id: room, count: 0 }]);
});

test("hostile texts arrive as they were written, each as one event", async ({ arrive, server }) => {
  const page = await arrive();
  await page.goto("/");
  const lobby = await display(page, "/events");
  await expect.poll(async () => (await heard(lobby, "rooms")).length).toBe(1);
  const hostile = [
    ...PAYLOADS,
    "한 줄\n두 줄",
    "\n\ndata: {}\n\n",
    "a\n\nevent: close\ndata: {}\n\nb",
    "a\nid: 5eed:1\nretry: 0\n: c",
    "a\u2028b\u2029c",
  ];
  const writer = new Visitor(server.url);
  const title = `<script>alert(1)</script>"data: ]}`;
  const room = await writer.makeRoom({ title });
  const inside = await display(page, `/room/${room}/events`);
  await expect.poll(async () => (await heard(inside, "joined")).length).toBe(1);
  for (const text of hostile) expect((await writer.chat(room, text)).ok, text).toBe(true);
  await expect.poll(async () => (await texts(inside)).length).toBe(hostile.length);
  const written = hostile.map((text) => text.trim());
  expect((await texts(inside)).map((text) => text?.trim())).toEqual(written);
  expect((await heard(lobby, "newRoom")).map(({ data }) => data.title)).toEqual([title]);
  expect(await inside.evaluate(({ source }) => source.readyState === EventSource.OPEN)).toBe(true);
});
