import { expect, test } from "vitest";

import { Hidden } from "./hidden.svelte.ts";
import { KeptHiddenPeople, ROOMS_KEPT_MAX } from "./keeping/hidden-people.ts";
import { MemoryShelf } from "./testing/visit.ts";

const page = (shelf: MemoryShelf, room = "room"): Hidden => new Hidden(new KeptHiddenPeople(shelf, room));

test("who is hidden stays hidden in the next page of the room, and in no other room", () => {
  const shelf = new MemoryShelf();
  page(shelf).hide("fox");
  page(shelf).hide("fox");
  expect(page(shelf).people).toEqual(["fox"]);
  expect(page(shelf).has("fox")).toBe(true);
  expect(page(shelf).has(undefined)).toBe(false);
  expect(page(shelf, "other").has("fox")).toBe(false);
});

test("who is shown again is hidden nowhere", () => {
  const shelf = new MemoryShelf();
  const hidden = page(shelf);
  hidden.hide("fox");
  hidden.hide("owl");
  hidden.show("fox");
  expect(hidden.people).toEqual(["owl"]);
  expect(page(shelf).people).toEqual(["owl"]);
});

test("only the rooms in which somebody was hidden last are remembered, and none that is gone", () => {
  const shelf = new MemoryShelf();
  for (let room = 0; room <= ROOMS_KEPT_MAX; room += 1) page(shelf, `room-${room}`).hide("fox");
  expect(page(shelf, "room-0").people).toEqual([]);
  expect(page(shelf, "room-1").people).toEqual(["fox"]);
  page(shelf, "room-1").forget();
  expect(page(shelf, "room-1").people).toEqual([]);
});

test("what others have written into the storage hides nobody", () => {
  const shelf = new MemoryShelf();
  for (const written of ["{", "7", '[["room"]]', "[null]"]) {
    shelf.setItem("gif-chat.hidden", written);
    expect(page(shelf).people).toEqual([]);
  }
});

test("a browser that keeps nothing hides as long as the page stands", () => {
  const hidden = new Hidden(new KeptHiddenPeople(undefined, "room"));
  hidden.hide("fox");
  expect(hidden.has("fox")).toBe(true);
});
