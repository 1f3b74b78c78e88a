// What one can do with a message: whose it is and what it is decides.

import type { Entry } from "../../wire.ts";
import type { RoomSession } from "../session.svelte.ts";
import { react } from "./ask.ts";
import { quoteOf } from "./quote.ts";

/** `name` is the key of its text. */
export type Item = { name: string; danger?: boolean; act: () => void };
export type QuickEmoji = { emoji: string; given: boolean; act: () => void };
export type Choices = { quick: QuickEmoji[]; items: Item[] };

/** What needs more than the session. Each closes the menu by itself. */
export type MenuDoors = {
  /** `back` when the focus shall return to the message. */
  close: (back: boolean) => void;
  emojis: () => void;
  ask: (about: "delete" | "report") => void;
};

const QUICK = ["👍", "❤️", "😂", "😮", "😢", "🎉"];

export function choicesFor(session: RoomSession, entry: Entry, doors: MenuDoors): Choices {
  const { roster } = session;
  const { chat, deleted, author } = entry;
  const mine = session.isMine(entry);
  const owner = roster.people.some((person) => person.owner && roster.isYou(person.id));
  const acts = session.online && !session.ending && !deleted;
  const items: (Item | false | undefined)[] = [
    acts && { name: "talk.reply", act: () => reply(session, entry, doors) },
    acts && { name: "talk.more_emojis", act: doors.emojis },
    chat !== undefined && { name: "talk.copy", act: () => void copy(session, chat, doors) },
    acts && mine && chat !== undefined && { name: "talk.edit", act: () => edit(session, entry, doors) },
    acts && !mine && !owner && { name: "talk.report", act: () => doors.ask("report") },
    mine || author === undefined ? undefined : hiding(session, author, doors),
    acts && (mine || owner) && { name: "talk.delete", danger: true, act: () => doors.ask("delete") },
  ];
  return {
    quick: acts ? quickEmojis(session, entry, doors) : [],
    items: items.filter((item) => item !== false && item !== undefined),
  };
}

function quickEmojis(session: RoomSession, entry: Entry, doors: MenuDoors): QuickEmoji[] {
  const { roster } = session;
  const given = (entry.reactions ?? []).filter(({ by }) => by.some(({ id }) => roster.isYou(id)));
  return QUICK.map((emoji) => ({
    emoji,
    given: given.some((reaction) => reaction.emoji === emoji),
    act: () => {
      doors.close(true);
      void react(session, entry.seq, emoji);
    },
  }));
}

function hiding(session: RoomSession, author: string, doors: MenuDoors): Item {
  const { hidden } = session;
  const isHidden = hidden.has(author);
  return {
    name: isHidden ? "talk.show_person" : "talk.hide_person",
    act: () => {
      if (isHidden) hidden.show(author);
      else hidden.hide(author);
      doors.close(true);
    },
  };
}

function reply(session: RoomSession, entry: Entry, doors: MenuDoors): void {
  const quote = quoteOf(entry);
  const { epoch } = session;
  doors.close(false);
  if (quote && epoch !== undefined) session.talk.reply = { quote, epoch };
  document.getElementById("composer")?.focus();
}

function edit(session: RoomSession, { seq }: Entry, doors: MenuDoors): void {
  doors.close(false);
  session.talk.touched = { seq, editing: true };
}

async function copy(session: RoomSession, chat: string, doors: MenuDoors): Promise<void> {
  doors.close(true);
  const texts = session.talk.parts?.texts ?? session.texts;
  try {
    await navigator.clipboard.writeText(chat);
    session.say(texts.text("talk.copied"));
  } catch {
    session.say(texts.text("talk.not_copied"));
  }
}
