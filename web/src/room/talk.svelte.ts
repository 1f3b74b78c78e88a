// What people do with messages besides writing new ones: answer, react, edit, remove, report, hide, mention.
// Here is only what the first look at a room needs; the rest is loaded when somebody does such a thing.

import type { Entry } from "../wire.ts";
import type { Reply } from "./outbox.ts";
import type { Reading } from "./reading.svelte.ts";
import type { RoomSession } from "./session.svelte.ts";
import type { Parts } from "./talk/start.ts";
import { COMMAND } from "./whispering.svelte.ts";

/** The message that its reader is doing something with. */
export type Touched = { seq: number; editing?: boolean; problem?: string };

/** Where the conversation is shown. */
export type View = {
  scroller: HTMLElement;
  reading: Reading;
  /** While it is held, the list stays where it is, also at its end. */
  hold: (on: boolean) => void;
};

/** A sign of typing holds so long at the others'; it is not sent more often than this. */
const TYPING_MS_MIN = 2_000;

export class Talk {
  parts = $state.raw<Parts | undefined>(undefined);
  /** What the next text answers. */
  reply = $state.raw<Reply | undefined>(undefined);
  touched = $state.raw<Touched | undefined>(undefined);
  /** The message that somebody has just been led to. */
  marked = $state<number | undefined>(undefined);
  /** The message whose button the keyboard reaches. */
  reached = $state<number | undefined>(undefined);
  view: View | undefined;

  readonly #session: RoomSession;
  #loading: Promise<Parts> | undefined;
  #typedAt = 0;

  constructor(session: RoomSession) {
    this.#session = session;
  }

  /** Loads the rest; tried again at the next call when it could not be loaded. */
  load(): Promise<Parts> {
    this.#loading ??= import("./talk/start.ts")
      .then(({ start }) => (this.parts = start(this.#session)))
      .catch((reason: unknown) => {
        this.#loading = undefined;
        throw reason;
      });
    return this.#loading;
  }

  /** The rest, for what is to be shown anyhow: asked for, and there a moment later. */
  get wanted(): Parts | undefined {
    // A connection that comes back is worth another try.
    if (!this.parts && this.#session.online) this.load().catch(() => undefined);
    return this.parts;
  }

  /** Does a thing that needs the rest, and says when it cannot be loaded. */
  async use(act: (parts: Parts) => void): Promise<void> {
    try {
      act(this.parts ?? (await this.load()));
    } catch {
      this.#session.say(this.#session.texts.text("room.not_loaded"));
    }
  }

  /** Whether a message is more than its words or its picture. */
  isRich({ seq, author, chat, ...rest }: Entry): boolean {
    const { replyTo, reactions, edited, deleted } = rest;
    return (
      (replyTo ?? reactions ?? edited ?? deleted) !== undefined ||
      seq === this.touched?.seq ||
      this.#session.hidden.has(author) ||
      (chat?.includes("@") ?? false)
    );
  }

  /** What its reader has in the field now; nothing once it is sent. */
  wrote(text: string): void {
    const now = Date.now();
    if (text === "") this.#typedAt = 0;
    // To whom one whispers is nobody else's business.
    const whispered = this.#session.whispering.to !== undefined || COMMAND.test(text);
    if (whispered || !/\S/.test(text)) return;
    if (!this.#session.online || now - this.#typedAt < TYPING_MS_MIN) return;
    this.#typedAt = now;
    this.#session.act("typing", {}).catch(() => undefined);
  }

  typing(id: string): void {
    if (this.#session.hidden.has(id)) return;
    this.load().then(({ typists }) => typists.heard(id), () => undefined);
  }

  live({ author, change }: Entry): void {
    if (author === undefined || change) return;
    this.#loading?.then(({ typists }) => typists.ended(author), () => undefined);
  }
}
