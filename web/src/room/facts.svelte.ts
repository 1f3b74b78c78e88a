// What holds for the room and for its reader in it: title, seats, who may come in, how fast one may write,
// and until when.

import type { Entry, Joined, RoomSettings } from "../wire.ts";

/** A timer that is set for longer goes off at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export class Facts {
  title = $state("");
  max = $state(0);
  secret = $state(false);
  locked = $state(false);
  /** Seconds between two messages of one person; 0 when nobody has to wait. */
  slow = $state(0);
  /** When the room closes, while its owner has said so. */
  closesAt = $state<string | undefined>(undefined);
  /** Until when the reader may not write. */
  mutedUntil = $state<string | undefined>(undefined);

  #unmuting: ReturnType<typeof setTimeout> | undefined;
  /** How far the server's clock is ahead of this device's, in milliseconds. */
  #ahead = 0;

  constructor(known: Pick<RoomSettings, "title" | "max" | "secret">) {
    this.#set(known);
  }

  joined({ room, you }: Joined): void {
    this.#set(room);
    this.closesAt = room.closesAt;
    this.#mute(you.mutedUntil);
  }

  /** Something has just happened; `you` is the reader's id. */
  live({ system, createdAt }: Entry, you: string | undefined): void {
    this.#ahead = Date.parse(createdAt) - Date.now() || 0;
    if (!system) return;
    const { kind, title, max, secret, seconds, until } = system;
    if (title !== undefined) this.title = title;
    if (max !== undefined) this.max = max;
    if (secret !== undefined) this.secret = secret;
    if (kind === "slow") this.slow = seconds ?? 0;
    if (kind === "lock" || kind === "unlock") this.locked = kind === "lock";
    if (kind === "closing" || kind === "staying") this.closesAt = until;
    if ((kind === "mute" || kind === "unmute") && system.author === you) this.#mute(until);
  }

  /** How long it is until then by the server's clock. */
  msUntil(iso: string): number {
    return Date.parse(iso) - Date.now() - this.#ahead;
  }

  #set(known: Partial<RoomSettings>): void {
    Object.assign(this, known);
  }

  #mute(until: string | undefined): void {
    clearTimeout(this.#unmuting);
    const ms = until === undefined ? 0 : this.msUntil(until);
    this.mutedUntil = ms > 0 ? until : undefined;
    if (ms > 0) this.#unmuting = setTimeout(() => this.#mute(until), Math.min(ms, TIMER_MS_MAX));
  }
}
