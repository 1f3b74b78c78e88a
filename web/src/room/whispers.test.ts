import { describe, expect, test, vi, beforeEach, afterEach } from "vitest";

import { GAP_MS_MAX } from "./session.svelte.ts";
import {
  breakAndReturn,
  Browser,
  entry,
  FOX,
  joined,
  start,
  startJoined,
  type Visit,
  whisper,
  WHALE,
} from "./testing/visit.ts";
import { isWhisper, placed, Whispers } from "./whispers.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const list = ({ session }: Visit): (number | string)[] =>
  session.told.map((told) => (isWhisper(told) ? `w${told.privateSeq}` : told.seq));

describe("the place of a whisper", () => {
  test("is behind its anchor, in the order of the whispers", () => {
    const places = [1, 2, 9_999, 10_000].map((privateSeq) => placed(whisper(privateSeq)).seq);
    expect([1, ...places, 2]).toEqual([...[1, ...places, 2]].sort((a, b) => a - b));
    expect(new Set(places).size).toBe(4);
  });
});

describe("whispers in the list", () => {
  test("stand where the answer to the join says", async () => {
    const visit = start();
    await visit.socket.happens("connect");
    const rest = { private: [whisper(1), whisper(2), whisper(3, { anchor: 2 })], privateHead: 3 };
    await visit.socket.answers("join", joined([entry(1), entry(2), entry(3)], rest));
    expect(list(visit)).toEqual([1, "w1", "w2", 2, "w3", 3]);
  });

  test("come live, each once, in their order", async () => {
    const visit = await startJoined();
    await visit.socket.happens("whisper", whisper(2));
    expect(list(visit)).toEqual([1]);
    await visit.socket.happens("whisper", whisper(1));
    await visit.socket.happens("whisper", whisper(2));
    expect(list(visit)).toEqual([1, "w1", "w2"]);
  });

  test("are asked for on the same connection when one is missing", async () => {
    const visit = await startJoined();
    await visit.socket.happens("whisper", whisper(3));
    await vi.advanceTimersByTimeAsync(GAP_MS_MAX);
    expect(visit.socket.asked("join")).toHaveLength(2);
    expect(visit.socket.last("join").payload).toEqual({
      room: "room",
      epoch: "one",
      after: 1,
      afterPrivate: 0,
    });
    const missed = { private: [whisper(1), whisper(2), whisper(3)], privateHead: 3, head: 1 };
    await visit.socket.answers("join", joined([], missed));
    expect(list(visit)).toEqual([1, "w1", "w2", "w3"]);
  });

  test("are asked for until all are there, also when no message is missing", async () => {
    const visit = await startJoined();
    await breakAndReturn(visit.socket);
    const cut = { private: [whisper(1), whisper(2)], privateHead: 3, head: 1, more: true };
    await visit.socket.answers("join", joined([], cut));
    expect(visit.socket.last("join").payload).toMatchObject({ after: 1, afterPrivate: 2 });
    expect(visit.session.online).toBe(false);
    const rest = { private: [whisper(3)], privateHead: 3, head: 1 };
    await visit.socket.answers("join", joined([], rest));
    expect(list(visit)).toEqual([1, "w1", "w2", "w3"]);
    expect(visit.session.online).toBe(true);
  });

  test("are all forgotten when the room starts over", async () => {
    const visit = await startJoined();
    await visit.socket.happens("whisper", whisper(1));
    await breakAndReturn(visit.socket);
    await visit.socket.happens("whisper", whisper(1, { anchor: 7 }));
    await visit.socket.answers("join", joined([entry(7)], { epoch: "two", reset: true }));
    expect(list(visit)).toEqual([7, "w1"]);
  });

  test("of which no answer tells are not kept from an epoch that is gone", async () => {
    const visit = await startJoined();
    await visit.socket.happens("whisper", whisper(1));
    await breakAndReturn(visit.socket);
    await visit.socket.answers("join", joined([entry(7)], { epoch: "two", reset: true }));
    expect(list(visit)).toEqual([7]);
    expect(visit.session.whispers.gap).toBe(false);
  });

  test("among older messages come with them, however many there are", async () => {
    const visit = start();
    await visit.socket.happens("connect");
    const answer = { first: 1, private: [whisper(9, { anchor: 50 })], privateHead: 9 };
    await visit.socket.answers("join", joined([entry(50)], answer));
    const loading = visit.session.loadOlder();
    expect(visit.socket.last("history").payload).toMatchObject({ before: 50, beforePrivate: 9 });
    const page = { ok: true, messages: [entry(1), entry(2)] };
    const [seventh, eighth] = [whisper(7, { anchor: 2 }), whisper(8, { anchor: 2 })];
    await visit.socket.answers("history", { ...page, private: [seventh, eighth], more: true });
    expect(visit.socket.last("history").payload).toMatchObject({ before: 50, beforePrivate: 7 });
    await visit.socket.answers("history", { ...page, private: [whisper(6)], more: false });
    await loading;
    expect(list(visit)).toEqual([1, "w6", 2, "w7", "w8", 50, "w9"]);
  });

  test("go with the messages among which they stood, and are fetched again with them", () => {
    const whispers = new Whispers();
    const answer = joined([], { private: [whisper(1), whisper(2, { anchor: 5 })], privateHead: 2 });
    whispers.joined(answer, undefined);
    whispers.trim(4);
    expect(whispers.shown().map(({ privateSeq }) => privateSeq)).toEqual([2]);
    expect([whispers.oldest, whispers.cursor]).toEqual([2, 2]);
  });

  test("that came during a break are told of as messages are", async () => {
    const visit = await startJoined();
    await visit.socket.happens("disconnect", "transport close");
    await vi.advanceTimersByTimeAsync(2_000);
    await visit.socket.happens("connect");
    const mine = { author: WHALE.id, user: WHALE.user, to: FOX };
    const missed = [whisper(1), whisper(2, mine)];
    await visit.socket.answers("join", joined([], { head: 1, private: missed, privateHead: 2 }));
    expect(visit.session.status).toContain("1");
  });
});

describe("one's own whisper", () => {
  async function whispering(keeper = new Browser().page().keeper): Promise<Visit> {
    const visit = await startJoined([entry(1)], keeper);
    await visit.session.sending.restored;
    visit.session.sending.text("psst", { to: FOX });
    await vi.advanceTimersByTimeAsync(0);
    return visit;
  }

  test("goes to its recipient and to nobody else", async () => {
    const { socket } = await whispering();
    const payload = { to: "fox", chat: "psst", clientId: expect.any(String) };
    expect(socket.asked("whisper")).toEqual([payload]);
    expect(socket.asked("chat")).toEqual([]);
  });

  test("is on its way until the room has brought it, and stands there once", async () => {
    const visit = await whispering();
    const { session, socket } = visit;
    const { clientId } = socket.last("whisper").payload as { clientId: string };
    const answer = { ok: true, _id: "a", privateSeq: 1, createdAt: entry(1).createdAt };
    await socket.answers("whisper", answer);
    expect(session.sending.pendingTexts).toHaveLength(1);
    await socket.happens("whisper", whisper(1, { author: WHALE.id, to: FOX, clientId }));
    expect(session.sending.pendingTexts).toEqual([]);
    expect(list(visit)).toEqual([1, "w1"]);
  });

  test("that the room has and does not bring is asked for", async () => {
    const { socket } = await whispering();
    const answer = { ok: true, _id: "a", privateSeq: 1, createdAt: entry(1).createdAt };
    await socket.answers("whisper", answer);
    await vi.advanceTimersByTimeAsync(GAP_MS_MAX);
    expect(socket.asked("join")).toHaveLength(2);
  });

  test("keeps its turn among the messages to all", async () => {
    const { session, socket } = await whispering();
    session.sending.text("to all");
    expect(socket.asked("chat")).toEqual([]);
    const answer = { ok: true, _id: "a", privateSeq: 1, createdAt: entry(1).createdAt };
    await socket.answers("whisper", answer);
    expect(socket.asked("chat")).toMatchObject([{ chat: "to all" }]);
  });

  test("that is refused stays, with the server's sentence, for its recipient", async () => {
    const { session, socket } = await whispering();
    const refusal = { ok: false, error: "invalid", field: "to", reason: "recipient_left" };
    await socket.answers("whisper", { ...refusal, message: "They have left." });
    const [item] = session.sending.pendingTexts;
    expect(item).toMatchObject({ state: "failed", problem: "They have left.", to: FOX });
    session.sending.retry(item?.clientId ?? "");
    await vi.advanceTimersByTimeAsync(0);
    expect(socket.asked("whisper").map(({ clientId }) => clientId)).toEqual([item?.clientId, item?.clientId]);
    expect(socket.asked("chat")).toEqual([]);
  });

  test("outlives the page with its recipient, and is sent under the same name", async () => {
    const browser = new Browser();
    const before = browser.page();
    const { socket } = await whispering(before.keeper);
    const { clientId } = socket.last("whisper").payload;
    before.goes();
    const after = await startJoined([entry(1)], browser.page(before.queue).keeper);
    await vi.advanceTimersByTimeAsync(0);
    expect(after.socket.asked("whisper")).toEqual([{ to: "fox", chat: "psst", clientId }]);
    expect(after.socket.asked("chat")).toEqual([]);
  });

  test("whose recipient was lost in the storage is nobody's, least of all everybody's", async () => {
    const browser = new Browser();
    const before = browser.page();
    await whispering(before.keeper);
    before.goes();
    for (const [key, value] of browser.shelf.values) {
      browser.shelf.values.set(key, value.replace('"id":"fox"', '"id":null'));
    }
    const after = await startJoined([entry(1)], browser.page(before.queue).keeper);
    await vi.advanceTimersByTimeAsync(0);
    expect([...after.socket.asked("whisper"), ...after.socket.asked("chat")]).toEqual([]);
  });
});
