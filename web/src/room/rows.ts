// What stands in the list, line by line: messages, dates between days, the mark of what is unread, and
// the many who came and went, in one line.

import type { Entry } from "../wire.ts";
import { continues } from "./grouping.ts";
import { isWhisper, type Placed, type Told } from "./whispers.ts";

/** `seq` is that of the first entry of the line, or of the one that follows it; a whisper has its place. */
export type Row = { key: string; seq: number } & (
  | { kind: "day"; createdAt: string }
  | { kind: "unread" }
  | { kind: "whisper"; whisper: Placed }
  | { kind: "message"; entry: Entry; continued: boolean }
  | { kind: "movements"; entries: readonly Entry[]; came: number; left: number }
);

export type RowRules = {
  /** The same for all times of one day, where the reader is. */
  dayOf: (iso: string) => string;
  /** The last entry that the reader had seen, where what came after it is marked. */
  unreadAfter: number | undefined;
};

/** So many in a row who come or go make one line. */
export const MOVEMENTS_MIN = 3;

export function rowsOf(list: readonly Told[], { dayOf, unreadAfter }: RowRules): Row[] {
  const rows: Row[] = [];
  let day: string | undefined;
  let unread = unreadAfter;
  let moving: Entry[] = [];
  let spoken: Entry | undefined;
  const settle = (): void => {
    rows.push(...movementRows(moving));
    moving = [];
  };
  for (const entry of list) {
    const { seq, createdAt } = entry;
    const today = dayOf(createdAt);
    const turns = today !== day;
    const marks = unread !== undefined && seq > unread;
    if (turns || marks) {
      settle();
      spoken = undefined;
    }
    if (turns) rows.push({ kind: "day", key: `day-${seq}`, seq, createdAt });
    if (marks) {
      rows.push({ kind: "unread", key: "unread", seq });
      unread = undefined;
    }
    day = today;
    if (isWhisper(entry)) {
      settle();
      rows.push({ kind: "whisper", key: `whisper-${entry.privateSeq}`, seq, whisper: entry });
      spoken = undefined;
      continue;
    }
    if (isMovement(entry)) {
      moving.push(entry);
      spoken = undefined;
      continue;
    }
    settle();
    rows.push({ kind: "message", key: `${seq}`, seq, entry, continued: goesOn(spoken, entry) });
    spoken = entry.system ? undefined : entry;
  }
  settle();
  return rows;
}

function goesOn(before: Entry | undefined, entry: Entry): boolean {
  if (before === undefined || entry.system) return false;
  return continues(
    { speaker: before.author, createdAt: before.createdAt },
    { speaker: entry.author, createdAt: entry.createdAt },
  );
}

function isMovement({ system }: Entry): boolean {
  return system?.kind === "join" || system?.kind === "exit";
}

function movementRows(entries: readonly Entry[]): Row[] {
  const [first] = entries;
  if (first === undefined) return [];
  if (entries.length < MOVEMENTS_MIN) {
    return entries.map((entry) => {
      const { seq } = entry;
      return { kind: "message", key: `${seq}`, seq, entry, continued: false };
    });
  }
  const people = (kind: string): number =>
    new Set(entries.filter(({ system }) => system?.kind === kind).map(({ system }) => system?.author))
      .size;
  const [came, left] = [people("join"), people("exit")];
  return [{ kind: "movements", key: `movements-${first.seq}`, seq: first.seq, entries, came, left }];
}
