// What becomes of messages: edits, removals and reactions, applied to what they change.

import type { Alias, Change, Entry, Quote, Reaction } from "../wire.ts";
import { beginningOf } from "./limits.ts";

/** So much of a text stands in a quote of it; the server cuts there too. */
export const QUOTE_GRAPHEMES_MAX = 200;

/** An entry that changes another one and is not shown itself. */
export type ChangeEntry = Entry & { change: Change };

export function isChange(entry: Entry): entry is ChangeEntry {
  return entry.change !== undefined;
}

/** The message after the change, or the very same when the change has nothing to do with it. */
export function changed(message: Entry, change: ChangeEntry): Entry {
  const { of } = change.change;
  if (message.seq === of) return changedItself(message, change);
  return message.quote?.seq === of ? changedQuote(message, message.quote, change.change) : message;
}

function changedItself(message: Entry, { change, author, alias, createdAt }: ChangeEntry): Entry {
  if (message.deleted) return message;
  if (change.kind === "delete") return tombstone(message, change);
  if (change.kind === "edit") {
    return change.chat === undefined ? message : { ...message, chat: change.chat, edited: createdAt };
  }
  const { emoji, on } = change;
  if (emoji === undefined || author === undefined || alias === undefined) return message;
  const { reactions: before = [], ...rest } = message;
  const reactions = on ? given(before, emoji, { id: author, alias }) : takenBack(before, emoji, author);
  return reactions.length > 0 ? { ...rest, reactions } : rest;
}

function tombstone(message: Entry, { byOwner }: Change): Entry {
  const { chat, gif, width, height, reactions, edited, ...rest } = message;
  return { ...rest, deleted: true, ...(byOwner ? { byOwner } : {}) };
}

function changedQuote(message: Entry, quote: Quote, { kind, chat }: Change): Entry {
  if (kind === "reaction" || quote.deleted) return message;
  const { chat: before, gif, width, height, ...rest } = quote;
  if (kind === "delete") return { ...message, quote: { ...rest, deleted: true } };
  if (chat === undefined) return message;
  return { ...message, quote: { ...rest, chat: beginningOf(chat, QUOTE_GRAPHEMES_MAX) } };
}

function given(
  reactions: readonly Reaction[],
  emoji: string,
  person: { id: string; alias: Alias },
): Reaction[] {
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  if (!known) return [...reactions, { emoji, by: [person] }];
  if (known.by.some(({ id }) => id === person.id)) return [...reactions];
  const more = { emoji, by: [...known.by, person] };
  return reactions.map((reaction) => (reaction === known ? more : reaction));
}

function takenBack(reactions: readonly Reaction[], emoji: string, author: string): Reaction[] {
  return reactions
    .map((reaction) => {
      if (reaction.emoji !== emoji) return reaction;
      return { emoji, by: reaction.by.filter(({ id }) => id !== author) };
    })
    .filter(({ by }) => by.length > 0);
}
