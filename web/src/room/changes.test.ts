import { describe, expect, test } from "vitest";

import type { Change, Entry, Joined, Quote } from "../wire.ts";
import { changed, type ChangeEntry } from "./changes.ts";
import { entry, FOX, joined, WHALE } from "./testing/visit.ts";
import { CHANGES_MAX, Timeline } from "./timeline.ts";

const LATER = "2026-11-20T12:05:00.000Z";

function change(seq: number, what: Change, by = FOX): ChangeEntry {
  const { id: author, user, alias } = by;
  return { _id: `id-${seq}`, room: "room", seq, user, createdAt: LATER, author, alias, change: what };
}

function react(seq: number, of: number, emoji: string, on = true, by = FOX): ChangeEntry {
  return change(seq, { of, kind: "reaction", emoji, on }, by);
}

function quoteOf(seq: number, rest: Partial<Quote> = {}): Quote {
  const { id: author, user, alias } = FOX;
  return { seq, author, user, alias, chat: `message ${seq}`, ...rest };
}

describe("an edit", () => {
  test("gives the message another text and says when", () => {
    const after = changed(entry(3), change(9, { of: 3, kind: "edit", chat: "better" }));
    expect(after).toEqual(entry(3, { chat: "better", edited: LATER }));
  });

  test("of a text that was removed since changes nothing", () => {
    const message = entry(3);
    expect(changed(message, change(9, { of: 3, kind: "edit" }))).toBe(message);
  });

  test("reaches the quotes of the message, cut as the server cuts them", () => {
    const answer = entry(5, { replyTo: 3, quote: quoteOf(3) });
    const after = changed(answer, change(9, { of: 3, kind: "edit", chat: "👩‍👩‍👧".repeat(300) }));
    expect(after.quote?.chat).toBe("👩‍👩‍👧".repeat(200));
    expect(after.edited).toBeUndefined();
  });
});

describe("a removal", () => {
  test("leaves the place of the message, who it was and nothing of what it held", () => {
    const message = entry(3, { edited: LATER, reactions: [{ emoji: "👍", by: [WHALE] }] });
    const { chat, edited, reactions, ...rest } = message;
    expect(changed(message, change(9, { of: 3, kind: "delete" }))).toEqual({ ...rest, deleted: true });
  });

  test("of a GIF takes the picture, and says when the owner did it", () => {
    const picture = entry(3, { gif: "wave.gif", width: 10, height: 20 });
    const after = changed(picture, change(9, { of: 3, kind: "delete", byOwner: true }));
    expect(after).toMatchObject({ deleted: true, byOwner: true, author: "fox" });
    expect(after).not.toHaveProperty("gif");
    expect(after).not.toHaveProperty("width");
  });

  test("cannot be undone by anything that comes behind it", () => {
    const gone = changed(entry(3), change(9, { of: 3, kind: "delete" }));
    expect(changed(gone, change(10, { of: 3, kind: "edit", chat: "again" }))).toBe(gone);
    expect(changed(gone, react(11, 3, "👍"))).toBe(gone);
  });

  test("empties the quotes of the message", () => {
    const answer = entry(5, { replyTo: 3, quote: quoteOf(3) });
    const { quote } = changed(answer, change(9, { of: 3, kind: "delete" }));
    const { chat, ...rest } = quoteOf(3);
    expect(quote).toEqual({ ...rest, deleted: true });
  });
});

describe("a reaction", () => {
  test("counts a person once, however often it comes", () => {
    const once = changed(entry(3), react(9, 3, "👍"));
    const twice = changed(once, react(10, 3, "👍"));
    expect(twice.reactions).toEqual([{ emoji: "👍", by: [{ id: "fox", alias: FOX.alias }] }]);
  });

  test("stands in the order in which it was first given", () => {
    let message = entry(3);
    const given = [react(9, 3, "👍"), react(10, 3, "🎉", true, WHALE), react(11, 3, "👍", true, WHALE)];
    for (const one of given) message = changed(message, one);
    const shown = message.reactions?.map(({ emoji, by }) => [emoji, ...by.map(({ id }) => id)]);
    expect(shown).toEqual([["👍", "fox", "whale"], ["🎉", "whale"]]);
  });

  test("that nobody gives any more is gone", () => {
    const given = changed(entry(3), react(9, 3, "👍"));
    expect(changed(given, react(10, 3, "👍", false))).toEqual(entry(3));
  });

  test("does not touch other messages", () => {
    const other = entry(4, { replyTo: 3, quote: quoteOf(3) });
    expect(changed(other, react(9, 3, "👍"))).toBe(other);
  });
});

function timelineOf(messages: Entry[], rest: Partial<Joined> = {}): Timeline {
  const timeline = new Timeline();
  timeline.joined(joined(messages, rest));
  return timeline;
}

const texts = (timeline: Timeline) => timeline.shown().map(({ seq, chat }) => [seq, chat]);

describe("changes in the list", () => {
  test("fill their places and are not shown themselves", () => {
    const timeline = timelineOf([entry(1), entry(2)]);
    timeline.live(change(3, { of: 1, kind: "edit", chat: "better" }));
    timeline.live(entry(4));
    expect(timeline.gap).toBe(false);
    expect(texts(timeline)).toEqual([[1, "better"], [2, "message 2"], [4, "message 4"]]);
  });

  test("wait behind a gap like what is said there", () => {
    const timeline = timelineOf([entry(1)]);
    timeline.live(change(3, { of: 1, kind: "edit", chat: "second" }));
    expect(texts(timeline)).toEqual([[1, "message 1"]]);
    timeline.live(change(2, { of: 1, kind: "edit", chat: "first" }));
    expect(texts(timeline)).toEqual([[1, "second"]]);
  });

  test("that a page does not hold are no gap in it", () => {
    const timeline = timelineOf([entry(1), entry(5)], { head: 9 });
    expect(timeline.gap).toBe(false);
    expect(timeline.cursor).toBe(9);
  });

  test("that are known reach an older page that was written before them", () => {
    const timeline = timelineOf([entry(51)], { first: 1 });
    timeline.live(change(52, { of: 7, kind: "delete" }));
    timeline.older([entry(7), entry(8, { replyTo: 7, quote: quoteOf(7) })]);
    const [seven, eight] = timeline.shown();
    expect(seven?.deleted).toBe(true);
    expect(eight?.quote?.deleted).toBe(true);
  });

  test("do not count as messages: neither for the length of the list nor for what is recovered", () => {
    const timeline = timelineOf([entry(1), entry(2), entry(3)]);
    const back = [react(4, 1, "👍"), react(5, 2, "👍"), entry(6)];
    const { entries } = timeline.joined(joined(back));
    expect(entries.map(({ seq }) => seq)).toEqual([6]);
    timeline.trim(3);
    expect(timeline.shown().map(({ seq }) => seq)).toEqual([2, 3, 6]);
    expect(timeline.oldest).toBe(2);
  });

  test("are let go when they are many, and the list stays as they have made it", () => {
    const timeline = timelineOf([entry(1)]);
    const last = CHANGES_MAX + 50;
    for (let seq = 2; seq <= last; seq += 1) {
      timeline.live(change(seq, { of: 1, kind: "edit", chat: `edit ${seq}` }));
    }
    expect(texts(timeline)).toEqual([[1, `edit ${last}`]]);
    expect(timeline.cursor).toBe(last);
  });

  test("outlive a list that starts over, when they came behind the answer", () => {
    const timeline = timelineOf([entry(1), entry(2)]);
    timeline.live(entry(61));
    timeline.live(change(62, { of: 60, kind: "edit", chat: "better" }));
    timeline.joined(joined([entry(60)], { reset: true, first: 40 }));
    expect(texts(timeline)).toEqual([[60, "better"], [61, "message 61"]]);
    expect(timeline.cursor).toBe(62);
  });
});

/** The same numbers for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) | 0;
    return Math.abs(state ^ (state >>> 13)) % below;
  };
}

/** A room as the server keeps it: its log, and each message as it is now. */
class Room {
  readonly log: Entry[] = [];
  readonly #state = new Map<number, Entry>();

  grow(random: (below: number) => number): void {
    const seq = this.log.length + 1;
    const by = random(2) === 0 ? FOX : WHALE;
    const of = seq === 1 ? 0 : 1 + random(seq - 1);
    const target = this.#state.get(of);
    const what = random(10);
    if (!target || target.deleted || what < 4) return this.#say(seq, what < 2 ? target : undefined);
    const { length } = this.log;
    if (what < 6) this.#change(change(seq, { of, kind: "edit", chat: `edit ${seq} of ${length}` }));
    else if (what < 7) this.#change(change(seq, { of, kind: "delete" }));
    else this.#change(react(seq, of, random(2) === 0 ? "👍" : "🎉", random(3) > 0, by));
  }

  #say(seq: number, answered: Entry | undefined): void {
    const quoted = answered?.deleted === undefined ? answered : undefined;
    const quote = quoted && quoteOf(quoted.seq, { chat: quoted.chat ?? "" });
    const message = entry(seq, quote ? { replyTo: quote.seq, quote } : {});
    this.log.push(message);
    this.#state.set(seq, message);
  }

  #change(one: ChangeEntry): void {
    this.log.push(one);
    for (const [seq, message] of this.#state) this.#state.set(seq, changed(message, one));
  }

  messages(): Entry[] {
    return [...this.#state.values()];
  }

  page(before = Infinity, limit = 8): Entry[] {
    return this.messages().filter(({ seq }) => seq < before).slice(-limit);
  }

  newest(): Joined {
    return joined(this.page(), { head: this.log.length });
  }

  /** What came behind a cursor, as it is served now. */
  since(cursor: number): Joined {
    const all = this.log.slice(cursor).map((one) => this.#served(one));
    const part = all.slice(0, 5);
    return joined(part, { head: this.log.length, more: part.length < all.length });
  }

  #served(one: Entry): Entry {
    if (one.change?.kind !== "edit") return this.#state.get(one.seq) ?? one;
    const { chat: before, ...rest } = one.change;
    const chat = this.#state.get(rest.of)?.chat;
    return { ...one, change: chat === undefined ? rest : { ...rest, chat } };
  }
}

/** Who gave an emoji first is told by who saw it: only who gave it must be the same. */
function comparable(entries: readonly Entry[]): unknown[] {
  return entries.map(({ reactions, ...rest }) => ({
    ...rest,
    reactions: (reactions ?? []).flatMap(({ emoji, by }) => by.map(({ id }) => emoji + id)).sort(),
  }));
}

function readBack(timeline: Timeline, room: Room): void {
  for (let before = timeline.oldest; before !== undefined && before > 1; before = timeline.oldest) {
    timeline.older(room.page(before));
  }
}

/** A reader who sees the room grow, out of order, with losses and with pages that come late. */
function visit(seed: number): { reader: Timeline; room: Room } {
  const random = numbers(seed);
  const [room, reader] = [new Room(), new Timeline()];
  for (let step = 0; step < 12; step += 1) room.grow(random);
  reader.joined(room.newest());
  const underway: (() => void)[] = [];
  for (let step = 0; step < 160; step += 1) {
    const what = random(16);
    const before = reader.oldest;
    if (what < 6) {
      room.grow(random);
      const one = structuredClone(room.log.at(-1));
      if (one && random(12) > 0) underway.push(() => reader.live(one));
    } else if (what < 8 && before !== undefined && before > 1) {
      const page = room.page(before);
      underway.push(() => {
        if (reader.oldest === before) reader.older(page);
      });
    } else if (what === 8) {
      const answer = room.since(reader.cursor);
      underway.push(() => reader.joined(answer));
    } else if (what === 9) reader.trim(10 + random(20));
    else underway.splice(random(Math.min(4, underway.length)), 1).forEach((arrives) => arrives());
  }
  for (const arrives of underway.sort(() => random(3) - 1)) arrives();
  while (reader.cursor < room.log.length) reader.joined(room.since(reader.cursor));
  return { reader, room };
}

test("whatever the order in which things come, the list becomes that of somebody who comes last", () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const { reader, room } = visit(seed);
    const late = new Timeline();
    late.joined(room.newest());
    for (const timeline of [reader, late]) readBack(timeline, room);
    expect(reader.gap, `seed ${seed}`).toBe(false);
    expect(comparable(reader.shown()), `seed ${seed}`).toEqual(comparable(late.shown()));
    expect(late.shown().length).toBeGreaterThan(10);
  }
});
