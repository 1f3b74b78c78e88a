// What the page promises about messages: none lost, none twice, none out of order, none silent.

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { Entry } from "../wire.ts";
import { GAP_MS_MAX, SHOW_MS_MIN } from "./session.svelte.ts";
import {
  breakAndReturn,
  Browser,
  CREATED_AT,
  entry,
  joined,
  shown,
  start,
  startJoined,
  WHALE,
} from "./testing/visit.ts";

const mine = (seq: number, clientId: unknown): Entry =>
  entry(seq, { author: "whale", chat: "mine", clientId } as Entry);
const ack = (seq: number) => ({ ok: true, _id: `id-${seq}`, seq, createdAt: CREATED_AT });
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const slow = { description: "websocket connection closed", context: { code: 4001 } };

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("an answer that does not come", () => {
  test("is asked for again under the same name, and the message stands there once", async () => {
    const { session, socket } = await startJoined();
    session.sending.text("mine");
    socket.silence();
    await pass(0);
    expect(session.sending.pendingTexts[0]?.state).toBe("retrying");
    await pass(1_000);
    const [first, second] = socket.asked("chat");
    expect(second).toEqual(first);
    await socket.answers("chat", ack(2));
    await socket.happens("chat", mine(2, first?.["clientId"]));
    expect(shown(session)).toEqual([1, 2]);
    expect(session.sending.pendingTexts).toEqual([]);
  });

  test("is not needed when the event has come", async () => {
    const { session, socket } = await startJoined();
    session.sending.text("mine");
    await socket.happens("chat", mine(2, socket.last("chat").payload["clientId"]));
    socket.silence();
    await pass(60_000);
    expect(socket.asked("chat")).toHaveLength(1);
    expect(shown(session)).toEqual([1, 2]);
  });
});

describe("a jump in seq", () => {
  test("makes the page ask once for what is missing, from where it stands", async () => {
    const { session, socket } = await startJoined();
    await socket.happens("chat", entry(4));
    await socket.happens("chat", entry(5));
    await pass(GAP_MS_MAX);
    await socket.happens("chat", entry(6));
    await pass(GAP_MS_MAX);
    expect(socket.asked("join")).toEqual([{ room: "room" }, { room: "room", epoch: "one", after: 1, afterPrivate: 0 }]);
    expect(shown(session)).toEqual([1]);
    expect(session).toMatchObject({ online: true, status: "" });
    await socket.answers("join", joined([entry(2), entry(3), entry(4), entry(5)]));
    expect(shown(session)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(session.status).toBe("");
  });

  test("that closes by itself is none", async () => {
    const { session, socket } = await startJoined();
    await socket.happens("chat", entry(3));
    await pass(GAP_MS_MAX - SHOW_MS_MIN - 1);
    await socket.happens("chat", entry(2));
    await pass(GAP_MS_MAX);
    expect(socket.asked("join")).toHaveLength(1);
    expect(shown(session)).toEqual([1, 2, 3]);
  });

  test("made by one's own answer keeps the message on its way until it has its place", async () => {
    const { session, socket } = await startJoined();
    session.sending.text("mine");
    await socket.answers("chat", ack(3));
    expect(session.sending.pendingTexts[0]?.state).toBe("sent");
    expect(shown(session)).toEqual([1]);
    await socket.happens("chat", entry(2));
    expect(session.sending.pendingTexts).toEqual([]);
    expect(shown(session)).toEqual([1, 2, 3]);
  });

  test("is asked about again when the first question was not answered", async () => {
    const { session, socket } = await startJoined();
    await socket.happens("chat", entry(3));
    await pass(GAP_MS_MAX);
    socket.silence();
    await pass(2_000);
    expect(socket.asked("join")).toHaveLength(3);
    await socket.answers("join", joined([entry(2), entry(3)]));
    expect(shown(session)).toEqual([1, 2, 3]);
  });

  test("is not asked about while a join is under way anyway", async () => {
    const { socket } = await startJoined();
    await breakAndReturn(socket);
    await socket.happens("chat", entry(9));
    await pass(GAP_MS_MAX * 2);
    expect(socket.asked("join")).toHaveLength(2);
  });
});

test("a flood of entries is shown together, the first of them at once", async () => {
  const { session, socket } = await startJoined();
  await pass(SHOW_MS_MIN);
  const seen: (readonly Entry[])[] = [];
  for (let seq = 2; seq <= 200; seq += 1) {
    void socket.happens("chat", entry(seq));
    if (session.entries !== seen.at(-1)) seen.push(session.entries);
  }
  expect(seen.map(({ length }) => length)).toEqual([2]);
  await pass(SHOW_MS_MIN);
  expect(shown(session)).toHaveLength(200);
});

describe("a list that starts over", () => {
  test("because of a restored backup says so and keeps what is unsent", async () => {
    const { session, socket } = await startJoined([entry(1), entry(2), entry(3)]);
    await socket.happens("disconnect", "transport close");
    session.sending.text("mine");
    await socket.happens("connect");
    await socket.answers("join", joined([entry(1)], { epoch: "two", reset: true }));
    expect(shown(session)).toEqual([1]);
    expect(session.status).toContain("backup");
    expect(session.startedOver).toBe("epoch");
    expect(socket.last("chat").payload["chat"]).toBe("mine");
  });

  test("because of a gap over the kept history says so, and counts nothing as fetched", async () => {
    const { session, socket } = await startJoined([entry(1)]);
    await socket.happens("disconnect", "transport close");
    await pass(2_000);
    await socket.happens("connect");
    const answer = joined([entry(80), entry(81)], { reset: true, first: 60 });
    await socket.answers("join", answer);
    expect(shown(session)).toEqual([80, 81]);
    expect(session.status).toContain("only the newest are kept");
    expect(session.status).not.toMatch(/\d/);
    expect(session.hasOlder).toBe(true);
  });

  test("sends again what the server had and has lost", async () => {
    const { session, socket } = await startJoined();
    session.sending.text("mine");
    const { clientId } = socket.last("chat").payload;
    await socket.answers("chat", ack(3));
    await breakAndReturn(socket);
    await socket.answers("join", joined([entry(1)], { epoch: "two", reset: true }));
    expect(socket.asked("chat").map((sent) => sent["clientId"])).toEqual([clientId, clientId]);
    await socket.answers("chat", ack(2));
    expect(shown(session)).toEqual([1, 2]);
    expect(session.sending.pendingTexts).toEqual([]);
  });

  test("does not show an old message at its end because it was sent again", async () => {
    const { session, socket } = await startJoined();
    session.sending.text("mine");
    await breakAndReturn(socket);
    const answer = joined([entry(80)], { reset: true, first: 1 });
    await socket.answers("join", answer);
    await socket.answers("chat", ack(2));
    expect(shown(session)).toEqual([80]);
    expect(session.sending.pendingTexts).toEqual([]);
  });
});

describe("a break", () => {
  test("because the page was too slow is said at once, and then what it caught up with", async () => {
    const { session, socket } = await startJoined();
    await socket.happens("disconnect", "transport close", slow);
    expect(session.status).toBe("Your connection could not keep up. Catching up.");
    await socket.happens("connect");
    await socket.answers("join", joined([entry(2), mine(3, "x"), entry(4)]));
    expect(session.status).toContain(": 2.");
    expect(shown(session)).toEqual([1, 2, 3, 4]);
  });

  test("because a text was more than the server takes fails that text, not the next connection", async () => {
    const { session, socket } = await startJoined();
    session.sending.text("\u0001");
    session.sending.text("next");
    const large = { context: { code: 1009 } };
    await breakAndReturn(socket, large);
    await socket.answers("join", joined([]));
    expect(session.sending.pendingTexts[0]).toMatchObject({ state: "failed" });
    expect(session.sending.pendingTexts[0]?.problem).toContain("4,000");
    expect(socket.asked("chat").map(({ chat }) => chat)).toEqual(["\u0001", "next"]);
  });

  test("leaves nothing with the official client that would overtake the next join", async () => {
    const { socket } = await startJoined();
    socket.sendBuffer = ["a chat that the client kept"];
    await socket.happens("disconnect", "ping timeout");
    expect(socket.sendBuffer).toEqual([]);
  });
});

describe("waking up", () => {
  test("tries a broken connection at once, and not twice for two signs of it", async () => {
    const { session, socket } = await startJoined();
    await socket.happens("disconnect", "ping timeout");
    session.wake();
    session.wake();
    expect(socket.disconnect).toHaveBeenCalledOnce();
    expect(socket.connect).toHaveBeenCalledOnce();
  });

  test("asks a standing connection for what was missed, quietly", async () => {
    const { session, socket } = await startJoined();
    session.wake();
    await socket.answers("join", joined([entry(2)]));
    expect(shown(session)).toEqual([1, 2]);
    expect(session).toMatchObject({ online: true, status: "" });
    expect(socket.connect).not.toHaveBeenCalled();
  });

  test("gives up a connection that only looks whole", async () => {
    const { session, socket } = await startJoined();
    session.wake();
    socket.silence();
    await pass(0);
    expect(socket.connect).toHaveBeenCalledOnce();
    expect(session.online).toBe(false);
  });

  test("does nothing for a visit that is over", async () => {
    const { session, socket } = await startJoined();
    await socket.happens("close", { room: "room", reason: "owner" });
    session.wake();
    expect(socket.connect).not.toHaveBeenCalled();
  });
});

describe("what is unsent", () => {
  test("is there after a reload and sent in order, under the same names", async () => {
    const browser = new Browser();
    const before = browser.page();
    const first = await startJoined([entry(1)], before.keeper);
    await first.socket.happens("disconnect", "transport close");
    for (const text of ["one", "two"]) first.session.sending.text(text);
    const names = first.session.sending.pendingTexts.map(({ clientId }) => clientId);
    before.goes();
    const { session, socket } = start(browser.page(before.queue).keeper);
    await pass(0);
    expect(session.sending.pendingTexts.map(({ text }) => text)).toEqual(["one", "two"]);
    await socket.happens("connect");
    await socket.answers("join", joined([entry(1)]));
    await socket.answers("chat", ack(2));
    await socket.answers("chat", ack(3));
    expect(socket.asked("chat").map(({ clientId }) => clientId)).toEqual(names);
    expect(session.sending.pendingTexts).toEqual([]);
    expect(browser.shelf.length).toBe(0);
  });

  test("goes before what is written while it is still being taken up", async () => {
    const { keeper } = new Browser().page();
    let takeUp!: () => void;
    const older = { clientId: "old", text: "old", author: "whale", writtenAt: 0 };
    const kept = { texts: [{ ...older, state: "waiting" as const }], gifs: [] };
    vi.spyOn(keeper, "restore").mockReturnValue(
      new Promise((resolve) => (takeUp = () => resolve(kept))),
    );
    const { session, socket } = await startJoined([entry(1)], keeper);
    session.sending.text("new");
    expect(socket.asked("chat")).toEqual([]);
    takeUp();
    await pass(0);
    await socket.answers("chat", ack(2));
    expect(socket.asked("chat").map(({ chat }) => chat)).toEqual(["old", "new"]);
  });

  test("is not sent again after a reload when the room already shows it", async () => {
    const browser = new Browser();
    const before = browser.page();
    const first = await startJoined([entry(1)], before.keeper);
    first.session.sending.text("mine");
    const { clientId } = first.socket.last("chat").payload;
    before.goes();
    const { session, socket } = start(browser.page(before.queue).keeper);
    await socket.happens("connect");
    await socket.answers("join", joined([entry(1), mine(2, clientId)]));
    expect(socket.asked("chat")).toEqual([]);
    expect(session.sending.pendingTexts).toEqual([]);
  });

  test("of a closed tab is taken up by the next one of the same author only", async () => {
    const browser = new Browser();
    const gone = browser.page();
    const first = await startJoined([entry(1)], gone.keeper);
    await first.socket.happens("disconnect", "transport close");
    first.session.sending.text("mine");
    gone.goes();
    const strange = browser.page();
    const stranger = start(strange.keeper);
    await stranger.socket.happens("connect");
    const other = { ...WHALE, id: "another" };
    await stranger.socket.answers("join", joined([entry(1)], { you: other }));
    expect(stranger.session.sending.pendingTexts).toEqual([]);
    expect(stranger.socket.asked("chat")).toEqual([]);
    strange.goes();
    const next = await startJoined([entry(1)], browser.page().keeper);
    await pass(0);
    expect(next.socket.asked("chat").map(({ chat }) => chat)).toEqual(["mine"]);
    expect(next.session.sending.pendingTexts).toHaveLength(1);
  });

  test("waits for a decision when the same tab has come back under another name", async () => {
    const browser = new Browser();
    const before = browser.page();
    const first = await startJoined([entry(1)], before.keeper);
    await first.socket.happens("disconnect", "transport close");
    first.session.sending.text("mine");
    before.goes();
    const { session, socket } = start(browser.page(before.queue).keeper);
    await socket.happens("connect");
    const other = { ...WHALE, id: "another" };
    await socket.answers("join", joined([entry(1)], { you: other }));
    expect(session.sending.pendingTexts[0]?.problem).toContain("another name");
    expect(socket.asked("chat")).toEqual([]);
    session.sending.retry(session.sending.pendingTexts[0]?.clientId ?? "");
    expect(socket.asked("chat")).toHaveLength(1);
  });

  test("under a lost name is not offered again when the room has it under that name", async () => {
    const browser = new Browser();
    const before = browser.page();
    const first = await startJoined([entry(1)], before.keeper);
    first.session.sending.text("mine");
    const { clientId } = first.socket.last("chat").payload;
    before.goes();
    const { session, socket } = start(browser.page(before.queue).keeper);
    await socket.happens("connect");
    const other = { ...WHALE, id: "another" };
    await socket.answers("join", joined([entry(1), mine(2, clientId)], { you: other }));
    expect(session.sending.pendingTexts).toEqual([]);
    expect(browser.shelf.length).toBe(0);
  });

  test("goes from the storage with the room, and can still be read", async () => {
    const browser = new Browser();
    const { session, socket } = await startJoined([entry(1)], browser.page().keeper);
    session.sending.text("mine");
    await socket.happens("close", { room: "room", reason: "owner" });
    expect(browser.shelf.length).toBe(0);
    expect(session.sending.pendingTexts[0]).toMatchObject({ text: "mine", state: "failed" });
    expect(session.losing).toBe(false);
  });

  test("is lost by leaving only when the storage does not take it", async () => {
    const browser = new Browser();
    const { session, socket } = await startJoined([entry(1)], browser.page().keeper);
    session.sending.text("kept");
    expect(session.losing).toBe(false);
    browser.shelf.full = true;
    session.sending.text("not kept");
    expect(session.losing).toBe(true);
    await socket.answers("chat", ack(2));
    await socket.answers("chat", ack(3));
    expect(session.losing).toBe(false);
    expect(shown(session)).toEqual([1, 2, 3]);
  });
});
