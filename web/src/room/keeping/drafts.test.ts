import { describe, expect, test } from "vitest";

import { FIELD_UNITS_MAX } from "../limits.ts";
import { MemoryShelf } from "../testing/visit.ts";
import { DRAFT_MS_MAX, DRAFTS_KEPT_MAX, RoomDraft } from "./drafts.ts";
import type { Shelf } from "./texts.ts";

let time = 1_000;
const tab = (shelf: Shelf | undefined, room = "room"): RoomDraft => new RoomDraft(shelf, room, () => time);

describe("a draft", () => {
  test("is there again in the next tab of its room, and in no other room", () => {
    const shelf = new MemoryShelf();
    tab(shelf).keep("  아직 쓰는 중\n");
    expect(tab(shelf).load()).toBe("  아직 쓰는 중\n");
    expect(tab(shelf, "other").load()).toBe("");
  });

  test("comes back with what it answers, also when only that has changed", () => {
    const shelf = new MemoryShelf();
    const alias = { ko: "파란 고래", en: "Blue Whale" };
    const quote = { seq: 4, author: "whale", user: "#3a7867", alias, chat: "넷" };
    const one = tab(shelf);
    one.keep("하나");
    one.keep("하나", { quote, epoch: "one" });
    const next = tab(shelf);
    expect(next.load()).toBe("하나");
    expect(next.reply).toEqual({ quote, epoch: "one" });
    next.keep("하나", undefined);
    const last = tab(shelf);
    last.load();
    expect(last.reply).toBeUndefined();
  });

  test("goes when it is sent or emptied", () => {
    const shelf = new MemoryShelf();
    const one = tab(shelf);
    one.keep("한 줄");
    one.drop();
    expect(shelf.length).toBe(0);
    one.keep("한 줄");
    one.keep(" \n");
    expect(shelf.length).toBe(0);
  });

  test("of the tab that wrote last is kept, also when another tab sends its own", () => {
    const shelf = new MemoryShelf();
    const [one, two] = [tab(shelf), tab(shelf)];
    one.keep("하나");
    two.keep("둘");
    one.drop();
    expect(tab(shelf).load()).toBe("둘");
    two.drop();
    expect(tab(shelf).load()).toBe("");
  });

  test("is gone in all tabs once the one that both had found is sent", () => {
    const shelf = new MemoryShelf();
    tab(shelf).keep("하나");
    const [one, two] = [tab(shelf), tab(shelf)];
    one.load();
    two.load();
    one.drop();
    two.keep("하나");
    expect(shelf.length).toBe(0);
  });

  test("is forgotten with its room, whoever wrote it", () => {
    const shelf = new MemoryShelf();
    tab(shelf).keep("하나");
    tab(shelf).forget();
    expect(shelf.length).toBe(0);
  });

  test("that is longer than the field takes is not kept, nor is an older one in its place", () => {
    const shelf = new MemoryShelf();
    const one = tab(shelf);
    one.keep("가".repeat(FIELD_UNITS_MAX));
    expect(shelf.length).toBe(1);
    one.keep("가".repeat(FIELD_UNITS_MAX + 1));
    expect(shelf.length).toBe(0);
  });
});

describe("a draft of a whisper", () => {
  const whispered = (shelf: Shelf, to: string): RoomDraft => new RoomDraft(shelf, "room", () => time, to);

  test("is kept with its recipient, apart from what is for the room", () => {
    const shelf = new MemoryShelf();
    tab(shelf).keep("모두에게");
    whispered(shelf, "fox").keep("여우에게");
    expect(tab(shelf).load()).toBe("모두에게");
    expect(whispered(shelf, "fox").load()).toBe("여우에게");
    expect(whispered(shelf, "bear").load()).toBe("");
  });

  test("stays when the one of the room is sent, and goes with the room", () => {
    const shelf = new MemoryShelf();
    const room = tab(shelf);
    room.keep("모두에게");
    whispered(shelf, "fox").keep("여우에게");
    tab(shelf, "room2").keep("다른 방");
    room.drop();
    expect(whispered(shelf, "fox").load()).toBe("여우에게");
    room.forget();
    expect(whispered(shelf, "fox").load()).toBe("");
    expect(tab(shelf, "room2").load()).toBe("다른 방");
  });
});

describe("drafts of many rooms", () => {
  test("are swept after some days", () => {
    const shelf = new MemoryShelf();
    tab(shelf, "old").keep("하나");
    time += DRAFT_MS_MAX;
    expect(tab(shelf, "old").load()).toBe("하나");
    time += 1;
    expect(tab(shelf, "other").load()).toBe("");
    expect(shelf.length).toBe(0);
  });

  test("are so many, the newest; what others keep is left alone", () => {
    const shelf = new MemoryShelf();
    shelf.setItem("gif-chat.outbox/room/a", "[]");
    for (let room = 0; room <= DRAFTS_KEPT_MAX; room += 1) {
      time += 1;
      tab(shelf, String(room)).keep("글");
    }
    expect(tab(shelf, "0").load()).toBe("");
    expect(tab(shelf, "1").load()).toBe("글");
    expect(shelf.length).toBe(DRAFTS_KEPT_MAX + 1);
  });
});

describe("a storage", () => {
  test("that is full keeps nothing, and not an older draft either", () => {
    const shelf = new MemoryShelf();
    const one = tab(shelf);
    one.keep("하나");
    shelf.full = true;
    one.keep("하나 둘");
    expect(tab(shelf).load()).toBe("");
  });

  test("that is forbidden or missing breaks nothing", () => {
    const forbidden = (): never => {
      throw new DOMException("no", "SecurityError");
    };
    const shelf = { length: 1, key: forbidden, getItem: forbidden, setItem: forbidden, removeItem: forbidden };
    for (const one of [tab(shelf), tab(undefined)]) {
      one.keep("하나");
      expect(one.load()).toBe("");
      one.drop();
      one.forget();
    }
  });

  test("is not believed when somebody else has written there", () => {
    const shelf = new MemoryShelf();
    for (const written of ["", "null", "[", '"글"', '{"text":1,"writtenAt":1}', '{"text":"글"}']) {
      shelf.setItem("gif-chat.draft/room", written);
      expect(tab(shelf).load()).toBe("");
    }
  });
});
