// The page's way into the room: joins, comes back after every break, and says what happens.

import type { Socket } from "socket.io-client";

import type {
  Entry,
  Failure,
  History,
  Joined,
  Kicked,
  Sent,
  Typing,
  Whisper,
  Whispered,
} from "../wire.ts";
import { type Break, breakOf } from "./endings.ts";
import { jittered, PASSING } from "./retry.ts";

const ANSWER_MS_MAX = 10_000;
const LEAVE_MS_MAX = 2_000;
const RETRY_MS = 2_000;
/** How far the official client lets its waiting grow, unless the server asks for more. */
const RECONNECT_MS_MAX = 5_000;
const HISTORY_PAGE = 50;
/** How long a connection may be silent when the page wakes up, before it is taken for dead. */
export const WAKE_ANSWER_MS_MAX = 4_000;
/** Several signs of waking up come together. */
const WAKE_MS_MIN = 1_000;

export type ConnectionEvents = {
  /** A join starts; until `ready`, live entries may come before the answer that explains them. */
  joining: () => void;
  joined: (answer: Joined) => void;
  /** All that was missed is here: writing works again. */
  ready: () => void;
  entry: (entry: Entry) => void;
  typing: (id: string) => void;
  whisper: (whisper: Whisper) => void;
  offline: (why: Break) => void;
  restarting: () => void;
  /** It is over; nothing more will come. */
  refused: (failure: Failure) => void;
  closed: () => void;
  kicked: (kicked: Kicked) => void;
  disconnected: () => void;
};

type Sendable = {
  text: string;
  clientId: string;
  replyTo?: number | undefined;
  to?: { id: string } | undefined;
};

/** What a returning page says that it has. */
export type Position = { epoch: string | undefined; after: number; afterPrivate: number };

export class Connection {
  readonly #socket: Socket;
  readonly #room: string;
  readonly #position: () => Position;
  readonly #events: ConnectionEvents;
  /** Counts the joins, so that an answer to an earlier one is recognised. */
  #attempt = 0;
  #joining = false;
  #over = false;
  #wokenAt = 0;

  constructor(socket: Socket, room: string, position: () => Position, events: ConnectionEvents) {
    this.#socket = socket;
    this.#room = room;
    this.#position = position;
    this.#events = events;
    this.#listen();
  }

  send({ text: chat, clientId, replyTo, to }: Sendable): Promise<Sent | Whispered | Failure> {
    // Whatever has a recipient goes to nobody else.
    if (to) return this.#ask("whisper", { to: to.id, chat, clientId });
    return this.#ask("chat", { chat, clientId, ...(replyTo === undefined ? {} : { replyTo }) });
  }

  /** Does something else in the room; rejects when no answer comes. */
  act<Answer extends { ok: true }>(name: string, payload: object): Promise<Answer | Failure> {
    return this.#ask(name, payload);
  }

  /** One page of entries, and all whispers that stand among them. */
  async history(before: number, beforePrivate: number): Promise<History | Failure> {
    const whispers: Whisper[] = [];
    for (;;) {
      const payload = { before, beforePrivate, limit: HISTORY_PAGE };
      const answer = await this.#ask<History>("history", payload);
      if (!answer.ok) return answer;
      whispers.push(...answer.private);
      const oldest = Math.min(beforePrivate, ...answer.private.map(({ privateSeq }) => privateSeq));
      if (!answer.more || oldest === beforePrivate) return { ...answer, private: whispers };
      beforePrivate = oldest;
    }
  }

  /** Asks for what is missing between the position and the newest entry, on the same connection. */
  catchUp(answerMs = ANSWER_MS_MAX): void {
    if (this.#socket.connected && !this.#joining) void this.#join(answerMs);
  }

  /**
   * The device or the page was away: a broken connection is tried at once, without the rest of its
   * waiting, and one that only looks whole is found out.
   */
  wake(): void {
    const now = Date.now();
    if (this.#over || now - this.#wokenAt < WAKE_MS_MIN) return;
    this.#wokenAt = now;
    if (this.#socket.connected) this.catchUp(WAKE_ANSWER_MS_MAX);
    else this.#reconnect();
  }

  /** Gives the seat up; waits only briefly, because the reader is on the way out. */
  async leave(): Promise<void> {
    this.#over = true;
    try {
      if (this.#socket.connected) await this.#socket.timeout(LEAVE_MS_MAX).emitWithAck("leave");
    } catch {
      // The server frees the seat by itself a little later.
    }
    this.#socket.disconnect();
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on("connect", () => {
      this.#reconnectAfter(1_000);
      void this.#join();
    });
    socket.on("disconnect", (reason, details) => this.#dropped(reason, breakOf(details)));
    socket.on("connect_error", () => {
      if (!this.#over && !socket.active) this.#finish(() => this.#events.disconnected());
    });
    for (const event of ["chat", "join", "exit", "change"]) {
      socket.on(event, (entry: Entry) => {
        if (!this.#over) this.#events.entry(entry);
      });
    }
    socket.on("typing", ({ id }: Typing) => this.#events.typing(id));
    socket.on("whisper", (whisper: Whisper) => {
      if (!this.#over) this.#events.whisper(whisper);
    });
    socket.on("close", () => this.#finish(() => this.#events.closed()));
    socket.on("kicked", (kicked: Kicked) => this.#finish(() => this.#events.kicked(kicked)));
    socket.on("restart", ({ delayMs }: { delayMs: number }) => {
      if (this.#over) return;
      this.#reconnectAfter(delayMs);
      this.#events.restarting();
    });
  }

  /** The transport ends by itself; the client adds its jitter to this delay before it returns. */
  #reconnectAfter(delayMs: number): void {
    this.#socket.io.reconnectionDelayMax(Math.max(RECONNECT_MS_MAX, delayMs * 2));
    this.#socket.io.reconnectionDelay(delayMs);
  }

  #dropped(reason: string, why: Break): void {
    this.#attempt += 1;
    this.#joining = false;
    // What the client kept for later would overtake our join there, and be refused.
    this.#socket.sendBuffer = [];
    if (this.#over) return;
    // After the server's own goodbye the official client does not come back.
    if (reason === "io server disconnect") this.#finish(() => this.#events.disconnected());
    else this.#events.offline(why);
  }

  /** Begins anew at once; the official client itself would wait its time. */
  #reconnect(): void {
    this.#socket.disconnect();
    this.#socket.connect();
  }

  async #join(answerMs = ANSWER_MS_MAX): Promise<void> {
    if (this.#over) return;
    this.#attempt += 1;
    this.#joining = true;
    const attempt = this.#attempt;
    this.#events.joining();
    for (let more = true; more; ) {
      const answer = await this.#askToJoin(answerMs);
      if (attempt !== this.#attempt || this.#over) return;
      if (!answer?.ok) return this.#notJoined(answer, attempt, answerMs);
      this.#events.joined(answer);
      more = answer.more && answer.messages.length + answer.private.length > 0;
    }
    this.#joining = false;
    this.#events.ready();
  }

  async #askToJoin(answerMs: number): Promise<Joined | Failure | undefined> {
    const { epoch, ...position } = this.#position();
    const resume = epoch === undefined ? {} : { epoch, ...position };
    try {
      return await this.#ask<Joined>("join", { room: this.#room, ...resume }, answerMs);
    } catch {
      return undefined;
    }
  }

  #notJoined(failure: Failure | undefined, attempt: number, answerMs: number): void {
    if (failure && !PASSING.has(failure.error)) {
      return this.#finish(() => this.#events.refused(failure));
    }
    if (!failure && answerMs === WAKE_ANSWER_MS_MAX) return this.#reconnect();
    const wait = failure?.retryAfterMs ?? RETRY_MS;
    setTimeout(() => {
      if (attempt === this.#attempt && this.#socket.connected) void this.#join();
    }, jittered(wait));
  }

  #finish(say: () => void): void {
    if (this.#over) return;
    this.#over = true;
    say();
    this.#socket.disconnect();
  }

  #ask<Answer>(
    event: string,
    payload: object,
    answerMs = ANSWER_MS_MAX,
  ): Promise<Answer | Failure> {
    return this.#socket.timeout(answerMs).emitWithAck(event, payload);
  }
}
