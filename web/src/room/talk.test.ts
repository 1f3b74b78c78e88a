import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import en from "#locales/en.toml?talk";

import { textsFor } from "../texts.ts";
import type { Quote } from "../wire.ts";
import { breakAndReturn, Browser, entry, FOX, joined, start, startJoined, WHALE } from "./testing/visit.ts";
import { KnownPeople } from "./talk/known-people.svelte.ts";
import { choicesFor } from "./talk/menu-items.ts";
import { TYPING_SHOWN_MS, Typists } from "./talk/typists.svelte.ts";

const texts = textsFor("en", en);

const quote: Quote = { seq: 1, author: "fox", user: FOX.user, alias: FOX.alias, chat: "message 1" };
const reply = { quote, epoch: "one" };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("answering a message", () => {
  test("names it to the room, and shows what is answered at once", async () => {
    const { session, socket } = await startJoined();
    session.sending.text("yes", { reply });
    expect(socket.last("chat").payload).toMatchObject({ chat: "yes", replyTo: 1 });
    await socket.answers("chat", { ok: true, _id: "id-2", seq: 2, createdAt: "2026-11-20T12:01:00.000Z" });
    expect(session.entries.at(-1)).toMatchObject({ seq: 2, replyTo: 1, quote });
  });

  test("is kept with the text for the next page of the tab", async () => {
    const browser = new Browser();
    const first = browser.page();
    const { session, socket } = await startJoined([entry(1)], first.keeper);
    await socket.happens("disconnect", "transport close");
    session.sending.text("yes", { reply });
    first.goes();
    const next = start(browser.page(first.queue).keeper);
    await next.session.sending.restored;
    expect(next.session.sending.pendingTexts).toMatchObject([{ text: "yes", reply }]);
  });

  test("does not take another log's message for it", async () => {
    const { session, socket } = await startJoined();
    await socket.happens("disconnect", "transport close");
    session.sending.text("yes", { reply });
    await socket.happens("connect");
    await socket.answers("join", joined([entry(1)], { epoch: "two", reset: true }));
    expect(socket.last("chat").payload["replyTo"]).toBeUndefined();
  });
});

describe("a change", () => {
  test("that comes live is shown at its message", async () => {
    const { session, socket } = await startJoined();
    const { id: author, user, alias } = FOX;
    const change = { of: 1, kind: "reaction", emoji: "👍", on: true };
    const common = { _id: "id-2", room: "room", seq: 2, user, author, alias };
    await socket.happens("change", { ...common, createdAt: "2026-11-20T12:01:00.000Z", change });
    await vi.advanceTimersByTimeAsync(100);
    expect(session.entries).toHaveLength(1);
    expect(session.entries[0]?.reactions).toEqual([{ emoji: "👍", by: [{ id: "fox", alias }] }]);
  });

  test("is not counted among the messages that are recovered after a break", async () => {
    const { session, socket } = await startJoined();
    await socket.happens("disconnect", "transport close");
    await vi.advanceTimersByTimeAsync(2_000);
    await socket.happens("connect");
    const change = { of: 1, kind: "edit" as const, chat: "better" };
    await socket.answers("join", joined([entry(2, { change }), entry(3)]));
    expect(session.status).toContain("meantime: 1");
    expect(session.entries.map(({ chat }) => chat)).toEqual(["better", "message 3"]);
  });
});

describe("the sign of typing", () => {
  test("is sent at most every two seconds, and not for a whisper or for nothing", async () => {
    const { session, socket } = await startJoined();
    const sent = (): number => socket.asked("typing").length;
    for (const text of ["", "  ", "/w Yellow Fox hush"]) session.talk.wrote(text);
    session.whispering.begin(FOX);
    session.talk.wrote("hush");
    expect(sent()).toBe(0);
    session.whispering.end();
    session.talk.wrote("h");
    session.talk.wrote("he");
    expect(sent()).toBe(1);
    await vi.advanceTimersByTimeAsync(2_000);
    session.talk.wrote("hel");
    expect(sent()).toBe(2);
  });

  test("is sent for the next message too, however soon it is begun", async () => {
    const { session, socket } = await startJoined();
    for (const text of ["h", "", "s"]) session.talk.wrote(text);
    expect(socket.asked("typing")).toHaveLength(2);
  });

  test("is not kept for later while there is no connection", async () => {
    const { session, socket } = await startJoined();
    await breakAndReturn(socket);
    session.talk.wrote("h");
    expect(socket.asked("typing")).toEqual([]);
  });

  test("of others names one or two, and counts more", async () => {
    const { session, socket } = await startJoined();
    const seat = { owner: false, away: false, since: "2026-11-20T12:00:00.000Z" };
    const third = { id: "owl", user: "#777777", alias: { ko: "하얀 올빼미", en: "White Owl" }, ...seat };
    const participant = { system: { kind: "join" as const, author: "owl", ...third }, participant: third };
    await socket.happens("join", entry(2, participant));
    const typists = new Typists(session);
    expect(typists.sentence(texts)).toBe("");
    typists.heard("fox");
    expect(typists.sentence(texts)).toBe("Yellow Fox is typing…");
    typists.heard("owl");
    expect(typists.sentence(texts)).toBe("Yellow Fox and White Owl are typing…");
    typists.heard("whale");
    expect(typists.sentence(texts)).toBe("3 people are typing…");
    typists.ended("whale");
    session.hidden.hide("fox");
    expect(typists.sentence(texts)).toBe("White Owl is typing…");
  });

  test("lasts six seconds, or until what was written is there", async () => {
    const { session } = await startJoined();
    const typists = new Typists(session);
    typists.heard("fox");
    await vi.advanceTimersByTimeAsync(TYPING_SHOWN_MS - 1);
    typists.heard("fox");
    await vi.advanceTimersByTimeAsync(TYPING_SHOWN_MS - 1);
    expect(typists.ids).toEqual(["fox"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(typists.ids).toEqual([]);
    typists.heard("fox");
    typists.ended("fox");
    expect(typists.ids).toEqual([]);
  });
});

describe("a message that calls the reader", () => {
  test("has their name in it, in whichever language, and is somebody else's", async () => {
    const { session } = await startJoined();
    const known = new KnownPeople(session);
    const calls = (chat: string, author = "fox"): boolean => known.callsReader(entry(5, { chat, author }));
    expect(calls("@Blue Whale look")).toBe(true);
    expect(calls("@파란 고래야")).toBe(true);
    expect(calls("@Yellow Fox look")).toBe(false);
    expect(calls("@Blue Whale look", "whale")).toBe(false);
    session.hidden.hide("fox");
    expect(calls("@Blue Whale look")).toBe(false);
  });
});

describe("the menu of a message", () => {
  const doors = { close: () => undefined, emojis: () => undefined, ask: () => undefined };

  async function offered(message: Parameters<typeof entry>[1], owner = "fox"): Promise<string[]> {
    const { session, socket } = start();
    await socket.happens("connect");
    const seat = { away: false, since: "2026-11-20T12:00:00.000Z" };
    const participants = [WHALE, FOX].map((person) => ({ ...person, ...seat, owner: person.id === owner }));
    await socket.answers("join", joined([entry(1)], { owner, participants }));
    return choicesFor(session, entry(1, message), doors).items.map(({ name }) => name.replace("talk.", ""));
  }

  test("of somebody else offers what one can do with it", async () => {
    expect(await offered({})).toEqual(["reply", "more_emojis", "copy", "report", "hide_person"]);
  });

  test("of one's own text offers to change and to remove it", async () => {
    expect(await offered({ author: "whale" })).toEqual(["reply", "more_emojis", "copy", "edit", "delete"]);
  });

  test("offers the owner to remove anybody's message, and no report to themselves", async () => {
    expect(await offered({}, "whale")).toEqual(["reply", "more_emojis", "copy", "hide_person", "delete"]);
  });

  test("of a removed message offers only to hide whose it was", async () => {
    const { chat, ...rest } = entry(1, { deleted: true });
    const { session } = await startJoined();
    const { items, quick } = choicesFor(session, rest, doors);
    expect(items.map(({ name }) => name)).toEqual(["talk.hide_person"]);
    expect(quick).toEqual([]);
  });
});
