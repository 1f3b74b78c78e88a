import { describe, expect, test } from "vitest";

import { MemoryShelf } from "../testing/visit.ts";
import { KeptTexts, type Shelf, TEXTS_BYTES_KEPT_MAX, TEXTS_KEPT_MAX } from "./texts.ts";

const text = (clientId: string, words = "hello") => ({ clientId, text: words, writtenAt: 1 });

/** A storage that the browser forbids. */
const FORBIDDEN: Shelf = {
  get length(): number {
    throw new DOMException("no", "SecurityError");
  },
  key: forbidden,
  getItem: forbidden,
  setItem: forbidden,
  removeItem: forbidden,
};

function forbidden(): never {
  throw new DOMException("no", "SecurityError");
}

describe("the storage", () => {
  test("gives back what was kept, room by room and queue by queue", () => {
    const shelf = new MemoryShelf();
    const [one, two] = [new KeptTexts(shelf, "one"), new KeptTexts(shelf, "two")];
    one.save("a", [text("1"), text("2")]);
    one.save("b", [text("3")]);
    two.save("c", [text("4")]);
    expect(one.queues()).toEqual(["a", "b"]);
    expect(one.load("a")).toEqual([text("1"), text("2")]);
    expect(one.load("c")).toEqual([]);
    one.remove("a");
    expect(one.queues()).toEqual(["b"]);
  });

  test("takes the first so many texts and says which", () => {
    const texts = new KeptTexts(new MemoryShelf(), "room");
    const many = Array.from({ length: TEXTS_KEPT_MAX + 1 }, (_, index) => text(String(index)));
    const kept = texts.save("a", many);
    expect(kept.size).toBe(TEXTS_KEPT_MAX);
    expect(kept.has(String(TEXTS_KEPT_MAX))).toBe(false);
    expect(texts.load("a")).toHaveLength(TEXTS_KEPT_MAX);
  });

  test("takes only so many bytes", () => {
    const shelf = new MemoryShelf();
    const texts = new KeptTexts(shelf, "room");
    const long = Array.from({ length: 40 }, (_, index) => text(String(index), "a".repeat(16_000)));
    const kept = texts.save("a", long);
    expect(kept.size).toBeGreaterThan(10);
    const [written] = [...shelf.values.values()];
    expect(2 * (written?.length ?? 0)).toBeLessThanOrEqual(TEXTS_BYTES_KEPT_MAX + 2);
  });

  test("that is full keeps nothing, and not an older list either", () => {
    const shelf = new MemoryShelf();
    const texts = new KeptTexts(shelf, "room");
    texts.save("a", [text("1")]);
    shelf.full = true;
    expect(texts.save("a", [text("2")]).size).toBe(0);
    expect(texts.load("a")).toEqual([]);
  });

  test("that is forbidden or missing keeps nothing and breaks nothing", () => {
    for (const shelf of [FORBIDDEN, undefined]) {
      const texts = new KeptTexts(shelf, "room");
      expect(texts.save("a", [text("1")]).size).toBe(0);
      expect(texts.load("a")).toEqual([]);
      expect(texts.queues()).toEqual([]);
      texts.remove("a");
      texts.sweep(Infinity);
    }
  });

  test("is not believed when somebody else has written there", () => {
    const shelf = new MemoryShelf();
    const texts = new KeptTexts(shelf, "room");
    for (const written of ["", "null", "{}", '[1,null,{"clientId":1,"text":"x","writtenAt":1}]', "["]) {
      shelf.setItem("gif-chat.outbox/room/a", written);
      expect(texts.load("a")).toEqual([]);
    }
    texts.sweep(0);
    expect(shelf.length).toBe(0);
  });
});
