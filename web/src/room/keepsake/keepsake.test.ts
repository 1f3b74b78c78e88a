import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { Entry, History } from "../../wire.ts";
import { breakAndReturn, entry, FOX, joined, start, type Visit, whisper, WHALE } from "../testing/visit.ts";
import { type Ask, NotFetched, type Page, pagesOf } from "./collect.ts";
import { fileName } from "./file.ts";
import { Album } from "./gifs.ts";
import { escape } from "./markup.ts";
import { Saving } from "./saving.svelte.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const signal = new AbortController().signal;

/** A server that keeps these and answers with so many at once. */
function server(messages: Entry[], whispers = [whisper(1)], page = 2): Ask {
  return async (_, { before, beforePrivate }) => {
    const older = messages.filter(({ seq }) => seq < before).slice(-page);
    const first = older[0]?.seq ?? Infinity;
    const among = whispers.filter(({ privateSeq, anchor }) => privateSeq < beforePrivate && anchor >= first);
    return { ok: true, messages: older, private: among.slice(-page), more: among.length > page };
  };
}

async function all(ask: Ask, before = 100): Promise<Page[]> {
  const pages: Page[] = [];
  for await (const page of pagesOf(ask, { before, beforePrivate: 100 }, signal)) pages.push(page);
  return pages;
}

describe("the whole conversation", () => {
  test("comes page by page, the newest first, each whisper once", async () => {
    const whispers = [1, 2, 3, 4, 5].map((privateSeq) => whisper(privateSeq, { anchor: privateSeq === 1 ? 1 : 4 }));
    const pages = await all(server([1, 2, 4, 5].map((seq) => entry(seq)), whispers));
    expect(pages.map(({ messages }) => messages.map(({ seq }) => seq))).toEqual([[4, 5], [1, 2]]);
    const numbers = pages.map((page) => page.whispers.map(({ privateSeq }) => privateSeq).sort());
    expect(numbers).toEqual([[2, 3, 4, 5], [1]]);
  });

  test("waits where the server asks for time, and gives up where it is refused", async () => {
    const answers = [{ ok: false, error: "too_fast", message: "Slowly.", retryAfterMs: 3_000 } as const];
    const whole = server([entry(1)]);
    const ask = vi.fn<Ask>(async (...asked) => answers.shift() ?? (await whole(...asked)));
    const pages = all(ask);
    await vi.advanceTimersByTimeAsync(2_999);
    expect(ask).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await pages).toHaveLength(1);
    const refused: Ask = async () => ({ ok: false, error: "not_in_room", message: "You are out." });
    await expect(all(refused)).rejects.toEqual(new NotFetched("You are out."));
  });

  test("does not go on for ever with a server that answers the same again", async () => {
    const again = { ok: true, messages: [entry(5)], private: [], more: false } as History;
    expect(await all(async () => again, 6)).toHaveLength(2);
  });
});

describe("the GIFs", () => {
  const bytes = new Uint8Array(100_000).fill(71);
  const fetched = (): Promise<Response> => Promise.resolve(new Response(bytes));

  test("are in the file as they are", async () => {
    const picture = await new Album(fetched).picture("a.gif", signal);
    if (picture.kind !== "inside") throw new Error(picture.kind);
    const [head, body] = (await picture.source.text()).split(",");
    expect(head).toBe("data:image/gif;base64");
    expect(Buffer.from(body ?? "", "base64").equals(bytes)).toBe(true);
  });

  test("have a limit together, each time that one stands there, and are fetched once", async () => {
    const fetch = vi.fn(fetched);
    const album = new Album(fetch, 250_000);
    const kinds = [];
    for (const name of ["a", "a", "a"]) kinds.push(await album.picture(name, signal));
    expect(kinds).toMatchObject([{ kind: "inside" }, { kind: "inside" }, { kind: "too_large", bytes: 100_000 }]);
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  test("that are too large are not even read", async () => {
    const cancel = vi.fn();
    const body = new ReadableStream({ cancel });
    const large = new Response(body, { headers: { "Content-Length": "999" } });
    const album = new Album(async () => large, 500);
    expect(await album.picture("a", signal)).toEqual({ kind: "too_large", bytes: 999 });
    expect(cancel).toHaveBeenCalled();
  });

  test("that are gone are missed", async () => {
    const gone = new Album(async () => new Response("", { status: 404 }));
    expect(await gone.picture("a", signal)).toEqual({ kind: "missing" });
  });
});

describe("markup", () => {
  test("is what no text can write", () => {
    expect(escape(`</p><img src="x" onerror='a'>&amp;\0\r`)).toBe(
      "&lt;/p&gt;&lt;img src=&quot;x&quot; onerror=&#39;a&#39;&gt;&amp;amp;\ufffd&#13;",
    );
  });

  test("of a file's name is safe on any system", () => {
    const day = new Date(2026, 10, 3);
    expect(fileName("우리 방: ../a\\b\u202egnp.exe", day, "gif-chat")).toBe("우리 방 a b gnp exe 2026-11-03.html");
    expect(fileName("***", day, "gif-chat")).toBe("gif-chat 2026-11-03.html");
    expect(fileName("가".repeat(100), day, "gif-chat")).toBe(`${"가".repeat(60)} 2026-11-03.html`);
  });
});

describe("the file", () => {
  async function saved(messages: Entry[], whispers = [whisper(1)]): Promise<{ text: string; name: string }> {
    const { session, socket } = start();
    await socket.happens("connect");
    const heads = { private: whispers, privateHead: whispers.length };
    await socket.answers("join", joined(messages, heads));
    const hand = vi.fn<(file: Blob, name: string) => void>();
    const fetch = async (): Promise<Response> => new Response("GIF89a");
    const answer = server(messages, whispers, 50);
    socket.emitWithAck = (name, payload) => answer(name as "history", payload as never);
    const saving = new Saving(session, { fetch, hand });
    await saving.start();
    expect(saving.state).toBe("saved");
    const [file, name] = hand.mock.calls[0] ?? [];
    return { text: (await file?.text()) ?? "", name: name ?? "" };
  }

  test("has everything in its final state, and one's own whispers, marked", async () => {
    const { id: author, user, alias } = FOX;
    const { text, name } = await saved([
      entry(1, { user: "system", system: { kind: "join", author, user, alias } }),
      entry(2, { chat: "first", edited: "2026-11-20T12:00:30.000Z", reactions: [{ emoji: "👍", by: [FOX] }] }),
      entry(3, { chat: "second", replyTo: 2, quote: { seq: 2, author, user, alias, chat: "first" } }),
      entry(4, { chat: undefined, deleted: true, byOwner: true } as object),
      entry(5, { chat: undefined, gif: "a.gif", width: 20, height: 10 } as object),
      entry(6, { chat: "next day", createdAt: "2026-11-22T12:00:00.000Z", author: WHALE.id }),
    ], [whisper(1, { anchor: 3, chat: "psst" })]);
    const order = [
      "<!doctype html>",
      "Yellow Fox</bdi> came in.",
      ">first<",
      "👍",
      "<blockquote>",
      ">second<",
      "Whisper from Yellow Fox · only you two see this",
      ">psst<",
      "This message was deleted by the owner.",
      'width="20" height="10" src="data:image/gif;base64,R0lGODlh"',
      "November 22, 2026</h2>",
      "(You)",
      ">next day<",
      "</html>",
    ].map((part) => text.indexOf(part));
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(text.match(/class="day"/g)).toHaveLength(2);
    expect(text).toContain("edited");
    expect(name).toMatch(/^.+ \d{4}-\d\d-\d\d\.html$/);
  });

  test("allows itself nothing but its own style and its own pictures", async () => {
    const { text } = await saved([entry(1)]);
    const [, nonce] = /style-src 'nonce-([0-9a-f]{32})'/.exec(text) ?? [];
    expect(text).toContain(`content="default-src 'none'; img-src data:; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'"`);
    expect(text).toContain(`<style nonce="${nonce}">`);
    expect(text).not.toMatch(/<script|https?:|\son\w+=|\sstyle=/);
  });

  test("takes what people write as text", async () => {
    const hostile = `</p></li><script>alert(1)</script><img src=x onerror=alert(1)>`;
    const { text } = await saved([entry(1, { chat: hostile, user: '"><script>' })], [whisper(1, { chat: hostile })]);
    expect(text).not.toMatch(/<script|<img/);
    expect(text.split(escape(hostile))).toHaveLength(3);
  });
});

describe("saving", () => {
  const doors = () => ({ fetch: async () => new Response(""), hand: vi.fn<(file: Blob, name: string) => void>() });

  async function begun(): Promise<Visit & { saving: Saving; hand: ReturnType<typeof doors>["hand"]; over: Promise<void> }> {
    const visit = start();
    await visit.socket.happens("connect");
    await visit.socket.answers("join", joined([entry(100)]));
    const own = doors();
    const saving = new Saving(visit.session, own);
    const over = saving.start();
    await vi.advanceTimersByTimeAsync(0);
    return { ...visit, saving, hand: own.hand, over };
  }

  const page = { ok: true, messages: [entry(51)], private: [], more: false };

  test("tells how far it is, and can be cancelled", async () => {
    const { socket, saving, hand, over } = await begun();
    expect(socket.last("history").payload).toEqual({ before: 101, beforePrivate: 1, limit: 50 });
    await socket.answers("history", page);
    expect([saving.state, saving.percent]).toEqual(["working", 50]);
    saving.cancel();
    await socket.answers("history", page);
    await over;
    expect(saving.state).toBe("idle");
    expect(hand).not.toHaveBeenCalled();
  });

  test("saves the part that there is when the rest does not come", async () => {
    const { socket, saving, hand, over } = await begun();
    await socket.answers("history", page);
    await socket.answers("history", { ok: false, error: "not_in_room", message: "You are out." });
    await over;
    expect([saving.state, saving.problem, saving.something]).toEqual(["failed", "You are out.", true]);
    saving.savePart();
    expect(saving.state).toBe("saved");
    const text = await hand.mock.calls[0]?.[0].text();
    expect(text).toContain("The beginning of the conversation could not be fetched");
  });

  test("goes on after a break", async () => {
    const { socket, saving, hand, over } = await begun();
    await breakAndReturn(socket);
    await socket.answers("join", joined([], { head: 100 }));
    await vi.advanceTimersByTimeAsync(1_000);
    await socket.answers("history", page);
    await socket.answers("history", { ...page, messages: [] });
    await over;
    expect(saving.state).toBe("saved");
    expect(hand).toHaveBeenCalledTimes(1);
  });

  test("ends at once when the visit is over", async () => {
    const { socket, saving, over } = await begun();
    await socket.happens("close");
    await vi.advanceTimersByTimeAsync(1_000);
    await over;
    expect(saving.state).toBe("failed");
    expect(saving.something).toBe(false);
  });
});
