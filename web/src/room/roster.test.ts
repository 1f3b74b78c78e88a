import { expect, test } from "vitest";

import type { Entry, Participant, System } from "../wire.ts";
import { Roster } from "./roster.svelte.ts";
import { entry, FOX, joined, WHALE } from "./testing/visit.ts";

const OWL = { id: "owl", user: "#123456", alias: { ko: "하얀 부엉이", en: "White Owl" } };

function participant(who: typeof OWL, since: string, owner = false): Participant {
  return { ...who, owner, away: false, since: `2026-11-20T12:${since}:00.000Z` };
}

function moved(kind: System["kind"], who: typeof OWL, rest: Partial<Entry> = {}): Entry {
  const { id: author, user, alias } = who;
  return entry(9, { system: { kind, author, user, alias }, ...rest });
}

function rosterOf(...participants: Participant[]): Roster {
  const roster = new Roster("en", 1, { user: "", alias: "" });
  roster.joined(joined([], { participants }));
  return roster;
}

const names = (roster: Roster): string[] => roster.people.map(({ alias }) => alias.en);

test("oneself comes first, then the owner, then the others as they came", () => {
  const roster = rosterOf(participant(OWL, "05"), participant(FOX, "09", true), participant(WHALE, "07"));
  expect(names(roster)).toEqual(["Blue Whale", "Yellow Fox", "White Owl"]);
  expect(roster.owner.alias).toBe("Yellow Fox");
  expect(roster.count).toBe(3);
});

test("who comes is there and who leaves is not", () => {
  const roster = rosterOf(participant(WHALE, "00"));
  roster.live(moved("join", OWL, { participant: participant(OWL, "10"), count: 2 }));
  expect([names(roster), roster.count]).toEqual([["Blue Whale", "White Owl"], 2]);
  roster.live(moved("exit", OWL, { participant: participant(OWL, "10"), count: 1 }));
  expect([names(roster), roster.count]).toEqual([["Blue Whale"], 1]);
});

test("a whole list is believed before a single name", () => {
  const roster = rosterOf(participant(WHALE, "00"), participant(FOX, "01"));
  const participants = [participant(WHALE, "00"), participant(OWL, "02")];
  roster.live(moved("join", OWL, { participant: participant(OWL, "02"), participants, count: 2 }));
  expect(names(roster)).toEqual(["Blue Whale", "White Owl"]);
});

test("a new owner is the only one", () => {
  const roster = rosterOf(participant(WHALE, "00"), participant(FOX, "01", true), participant(OWL, "00"));
  roster.live(moved("owner", OWL));
  expect(roster.people.filter(({ owner }) => owner).map(({ id }) => id)).toEqual(["owl"]);
  expect(roster.owner).toEqual({ user: "#123456", alias: "White Owl" });
});

test("a message says nothing about who is here", () => {
  const roster = rosterOf(participant(WHALE, "00"));
  roster.live(entry(3));
  expect(names(roster)).toEqual(["Blue Whale"]);
});

test("who is sent out is gone", () => {
  const roster = rosterOf(participant(WHALE, "00"), participant(OWL, "10"));
  roster.live(moved("kick", OWL, { participant: participant(OWL, "10"), count: 1 }));
  expect([names(roster), roster.count]).toEqual([["Blue Whale"], 1]);
});

test("who is away for a moment is told, and who is back too", () => {
  const roster = rosterOf(participant(WHALE, "00"), participant(OWL, "10"));
  const away = (): boolean[] => roster.people.map((person) => person.away);
  roster.presence({ id: "owl", away: true });
  expect(away()).toEqual([false, true]);
  roster.presence({ id: "owl", away: false });
  expect(away()).toEqual([false, false]);
});

test("a sign of somebody who has left brings nobody back", () => {
  const roster = rosterOf(participant(WHALE, "00"));
  roster.presence({ id: "owl", away: true });
  expect([names(roster), roster.count]).toEqual([["Blue Whale"], 1]);
});

test("who is muted is known until that is taken back", () => {
  const roster = rosterOf(participant(WHALE, "00"), participant(OWL, "10"));
  const { id: author, user, alias } = OWL;
  const until = "2026-11-20T13:00:00.000Z";
  roster.live(entry(9, { system: { kind: "mute", author, user, alias, until } }));
  expect(roster.people.map(({ mutedUntil }) => mutedUntil)).toEqual([undefined, until]);
  roster.live(moved("unmute", OWL));
  expect(roster.people.map(({ mutedUntil }) => mutedUntil)).toEqual([undefined, undefined]);
});

test("the reader becomes the owner and hands the room over again", () => {
  const roster = rosterOf(participant(WHALE, "00"), participant(FOX, "01", true));
  expect(roster.youOwn).toBe(false);
  roster.live(moved("owner", WHALE));
  expect(roster.youOwn).toBe(true);
  roster.live(moved("owner", FOX));
  expect(roster.youOwn).toBe(false);
});

test("from whom one takes no whispers is known from the join on", () => {
  const roster = new Roster("en", 1, { user: "", alias: "" });
  roster.joined(joined([], { blocked: ["fox"] }));
  roster.block("owl", true);
  roster.block("fox", false);
  expect([...roster.blocked]).toEqual(["owl"]);
});
