import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { Entry } from "../wire.ts";
import { CREATED_AT, entry, FOX, joined, shown, start, startJoined, WHALE } from "./testing/visit.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("entering", () => {
  test("asks for the room without a position and shows what it gets", async () => {
    const { session, socket } = await startJoined([entry(1), entry(2)]);
    expect(socket.last("join").payload).toEqual({ room: "room" });
    expect(shown(session)).toEqual([1, 2]);
    expect(session).toMatchObject({ joined: true, online: true, status: "" });
    expect(session.roster.count).toBe(2);
    expect(session.you?.alias).toBe("Blue Whale");
  });

  test("shows what the server wrote into the page until the room has answered", async () => {
    const { session, socket } = start(undefined, [entry(1), entry(2)]);
    expect(shown(session)).toEqual([1, 2]);
    await socket.happens("connect");
    await socket.happens("chat", entry(3));
    expect(shown(session)).toEqual([1, 2]);
    await socket.answers("join", joined([entry(1), entry(2)]));
    expect(shown(session)).toEqual([1, 2, 3]);
  });

  test("says that it is connecting only after a second", async () => {
    const { session } = start();
    await vi.advanceTimersByTimeAsync(999);
    expect(session.status).toBe("");
    await vi.advanceTimersByTimeAsync(1);
    expect(session.status).toBe("Connecting.");
  });

  test("of a room that is gone ends with the way to the lobby", async () => {
    const { session, socket } = start();
    await socket.happens("connect");
    await socket.answers("join", { ok: false, error: "not_found", message: "?" });
    expect(session.ending?.remedy).toBe("lobby");
    expect(session.ending?.message).toContain("This room is gone.");
    expect(socket.disconnect).toHaveBeenCalledOnce();
  });

  test("without admission ends with a reload, which shows the password form", async () => {
    const { session, socket } = start();
    await socket.happens("connect");
    await socket.answers("join", { ok: false, error: "not_admitted", message: "No." });
    expect(session.ending).toEqual({ message: "No.", remedy: "reload" });
  });

  test("is tried again when the server was only too busy", async () => {
    const { session, socket } = start();
    await socket.happens("connect");
    const busy = { ok: false, error: "too_fast", message: "Wait.", retryAfterMs: 1_000 };
    await socket.answers("join", busy);
    expect(session.ending).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1_500);
    expect(socket.questions.filter(({ event }) => event === "join")).toHaveLength(2);
  });
});

describe("a text", () => {
  test("is one bubble when its answer comes before its event", async () => {
    const { session, socket } = await startJoined();
    session.sending.text("hello");
    expect(session.sending.pendingTexts).toHaveLength(1);
    const { clientId } = socket.last("chat").payload;
    await socket.answers("chat", { ok: true, _id: "id-2", seq: 2, createdAt: CREATED_AT });
    expect(session.sending.pendingTexts).toEqual([]);
    await socket.happens("chat", entry(2, { author: "whale", chat: "hello", clientId } as Entry));
    expect(shown(session)).toEqual([1, 2]);
    expect(session.isMine(session.entries[1] as Entry)).toBe(true);
  });

  test("is one bubble when its event comes before its answer", async () => {
    const { session, socket } = await startJoined();
    session.sending.text("hello");
    const { clientId } = socket.last("chat").payload;
    await socket.happens("chat", entry(2, { author: "whale", chat: "hello", clientId } as Entry));
    expect(session.sending.pendingTexts).toEqual([]);
    await socket.answers("chat", { ok: true, _id: "id-2", seq: 2, createdAt: CREATED_AT });
    expect(shown(session)).toEqual([1, 2]);
  });

  test("under somebody else's name does not resolve one's own", async () => {
    const { session, socket } = await startJoined();
    session.sending.text("hello");
    const { clientId } = socket.last("chat").payload;
    await socket.happens("chat", entry(2, { clientId } as Entry));
    expect(session.sending.pendingTexts).toHaveLength(1);
  });

  test("that is too long is not sent, and the reader is told", async () => {
    const { session, socket } = await startJoined();
    expect(session.sending.text("a".repeat(5_000))).toContain("4,000");
    expect(session.sending.pendingTexts).toEqual([]);
    expect(() => socket.last("chat")).toThrow();
  });

  test("written during a break is sent when all that was missed is there", async () => {
    const { session, socket } = await startJoined();
    await socket.happens("disconnect", "transport close");
    session.sending.text("hello");
    expect(() => socket.last("chat")).toThrow();
    await socket.happens("connect");
    expect(() => socket.last("chat")).toThrow();
    await socket.answers("join", joined([entry(2)]));
    expect(socket.last("chat").payload["chat"]).toBe("hello");
  });

  test("whose answer the break swallowed is not sent again when the room already shows it", async () => {
    const { session, socket } = await startJoined();
    session.sending.text("hello");
    const { clientId } = socket.last("chat").payload;
    await socket.happens("disconnect", "transport close");
    await socket.happens("connect");
    const mine = entry(2, { author: "whale", chat: "hello", clientId } as Entry);
    await socket.answers("join", joined([mine]));
    expect(session.sending.pendingTexts).toEqual([]);
    expect(socket.questions.filter(({ event }) => event === "chat")).toHaveLength(1);
  });
});

describe("coming back after a break", () => {
  test("names the position and the epoch, and goes on while there is more", async () => {
    const { session, socket } = await startJoined();
    await socket.happens("disconnect", "transport close");
    await socket.happens("connect");
    expect(socket.last("join").payload).toEqual({ room: "room", epoch: "one", after: 1, afterPrivate: 0 });
    await socket.answers("join", joined([entry(2), entry(3)], { more: true }));
    expect(socket.last("join").payload["after"]).toBe(3);
    expect(session.online).toBe(false);
    await socket.answers("join", joined([entry(4)]));
    expect(session.online).toBe(true);
    expect(shown(session)).toEqual([1, 2, 3, 4]);
  });

  test("is quiet after less than a second, and else says what was recovered", async () => {
    const { session, socket } = await startJoined();
    await socket.happens("disconnect", "ping timeout");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(session.status).toContain("lost");
    await socket.happens("connect");
    await socket.answers("join", joined([entry(2), entry(3)]));
    expect(session.status).toContain(": 2.");
    await vi.advanceTimersByTimeAsync(4_000);
    expect(session.status).toBe("");
    await socket.happens("disconnect", "ping timeout");
    await socket.happens("connect");
    await socket.answers("join", joined([]));
    expect(session.status).toBe("");
  });

  test("to another epoch drops the list", async () => {
    const { session, socket } = await startJoined([entry(1), entry(2), entry(3)]);
    await socket.happens("disconnect", "transport close");
    await socket.happens("connect");
    await socket.answers("join", joined([entry(1)], { epoch: "two", reset: true }));
    expect(shown(session)).toEqual([1]);
  });

  test("waits about as long as a restarting server asks", async () => {
    const { session, socket } = await startJoined();
    await socket.happens("restart", { delayMs: 7_000 });
    expect(socket.io.reconnectionDelay).toHaveBeenLastCalledWith(7_000);
    expect(session.status).toContain("restarting");
    await socket.happens("disconnect", "transport close");
    await socket.happens("connect");
    expect(socket.io.reconnectionDelay).toHaveBeenLastCalledWith(1_000);
  });

  test("does not happen after the server's own goodbye", async () => {
    const { session, socket } = await startJoined();
    await socket.happens("disconnect", "io server disconnect");
    expect(session.ending?.remedy).toBe("reload");
  });
});

describe("while in the room", () => {
  test("the count follows who comes and goes, and the owner who took over", async () => {
    const { session, socket } = await startJoined();
    const system = { author: "whale", user: "#3a7867", alias: WHALE.alias };
    await socket.happens("exit", { ...entry(2), count: 1, system: { kind: "exit", ...system } });
    expect(session.roster.count).toBe(1);
    await socket.happens("chat", { ...entry(3), system: { kind: "owner", ...system } });
    expect(session.roster.owner).toEqual({ user: "#3a7867", alias: "Blue Whale" });
  });

  test("older entries are fetched before the oldest one, once at a time", async () => {
    const { session, socket } = await startJoined([entry(51)]);
    expect(session.hasOlder).toBe(true);
    void session.loadOlder();
    void session.loadOlder();
    const asked = socket.questions.filter(({ event }) => event === "history");
    expect(asked.map(({ payload }) => payload["before"])).toEqual([51]);
    await socket.answers("history", { ok: true, messages: [entry(50)], private: [], more: false });
    expect(shown(session)).toEqual([50, 51]);
    expect(session.loadingOlder).toBe(false);
  });

  test("a closed room ends the visit and nothing more is shown or sent", async () => {
    const { session, socket } = await startJoined();
    await socket.happens("close", { room: "room", reason: "owner" });
    expect(session.ending?.message).toContain("closed");
    await socket.happens("chat", entry(2));
    session.sending.text("too late");
    expect(shown(session)).toEqual([1]);
    expect(() => socket.last("chat")).toThrow();
  });
});

describe("what the owner does", () => {
  const until = "2030-05-06T07:08:00.000Z";

  test("to the reader ends the visit, and nothing that comes after it takes that back", async () => {
    const { session, socket } = await startJoined();
    await socket.happens("kicked", { room: "room", until, reason: "spam" });
    await socket.happens("disconnect", "io server disconnect");
    await socket.happens("close", { room: "room", reason: "owner" });
    expect(session.ending).toMatchObject({ reason: "spam", remedy: "lobby" });
    expect(session.ending?.message).toContain("sent you out");
    expect(session.gone).toBe(false);
  });

  test("to somebody else is a line, and takes that person out of the list", async () => {
    const { session, socket } = await startJoined();
    const seat = { owner: true, away: false, since: CREATED_AT };
    const { id: author, user, alias } = FOX;
    const system = { kind: "kick" as const, author, user, alias, until };
    await socket.happens("exit", entry(2, { system, participant: { ...FOX, ...seat }, count: 1 }));
    expect(shown(session)).toEqual([1, 2]);
    expect(session.roster.people.map(({ id }) => id)).toEqual(["whale"]);
  });

  test("to the room is shown by everything that names it", async () => {
    const { session, socket } = await startJoined();
    const { id: author, user, alias } = FOX;
    await socket.happens("chat", entry(2, { system: { kind: "title", author, user, alias, title: "Tea" } }));
    expect(session.facts.title).toBe("Tea");
  });
});

test("whoever becomes the owner learns what has been reported, and nobody else asks", async () => {
  const { session, socket } = await startJoined();
  const owner = ({ id: author, user, alias }: typeof FOX) =>
    ({ system: { kind: "owner" as const, author, user, alias } });
  await socket.happens("chat", entry(2, owner(FOX)));
  expect(socket.asked("join")).toHaveLength(1);
  await socket.happens("chat", entry(3, owner(WHALE)));
  expect(socket.asked("join")).toHaveLength(2);
  const { id, user, alias } = FOX;
  const reports = [{ seq: 1, by: { id, user, alias }, createdAt: CREATED_AT }];
  await socket.answers("join", joined([], { reports }));
  expect(session.reports.list).toEqual(reports);
});

test("who is away, and what is reported, comes live", async () => {
  const { session, socket } = await startJoined();
  await socket.happens("presence", { id: "fox", away: true });
  expect(session.roster.people.map(({ away }) => away)).toEqual([false, true]);
  const { id, user, alias } = FOX;
  await socket.happens("report", { seq: 1, by: { id, user, alias }, createdAt: CREATED_AT });
  expect(session.reports.list.map(({ seq }) => seq)).toEqual([1]);
});
