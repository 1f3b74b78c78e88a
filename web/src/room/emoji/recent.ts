// The emojis that were used last and the chosen skin tone, kept in this browser for all rooms.

import type { Shelf } from "../keeping/texts.ts";

export const RECENT_MAX = 24;
export const TONE_MAX = 5;

const KEY = "gif-chat.emoji";
/** No emoji is longer; whatever is, somebody else has written there. */
const UNITS_MAX = 40;

export type Habits = { recent: readonly string[]; tone: number };

export class KeptHabits {
  readonly #shelf: Shelf | undefined;

  constructor(shelf: Shelf | undefined) {
    this.#shelf = shelf;
  }

  load(): Habits {
    try {
      return habitsIn(JSON.parse(this.#shelf?.getItem(KEY) ?? ""));
    } catch {
      return { recent: [], tone: 0 };
    }
  }

  /** The emoji without its tone; the newest stands first. */
  use(char: string): void {
    const { recent, tone } = this.load();
    const others = recent.filter((other) => other !== char);
    this.#save({ recent: [char, ...others].slice(0, RECENT_MAX), tone });
  }

  choose(tone: number): void {
    this.#save({ ...this.load(), tone });
  }

  #save(habits: Habits): void {
    try {
      this.#shelf?.setItem(KEY, JSON.stringify(habits));
    } catch {
      // Full or forbidden: then the next page does not know.
    }
  }
}

function habitsIn(value: unknown): Habits {
  const { recent, tone } = (value ?? {}) as Partial<Record<keyof Habits, unknown>>;
  const list = Array.isArray(recent) ? (recent as unknown[]) : [];
  return {
    recent: list
      .filter((char): char is string => typeof char === "string" && char.length <= UNITS_MAX)
      .slice(0, RECENT_MAX),
    tone: Number.isInteger(tone) && Number(tone) >= 0 && Number(tone) <= TONE_MAX ? Number(tone) : 0,
  };
}
