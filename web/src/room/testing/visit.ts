// A visit to a room whose server is the test.

import type { Socket } from "socket.io-client";
import { vi } from "vitest";

import en from "#locales/en.toml";

import { textsFor } from "../../texts.ts";
import { timesFor } from "../../times.ts";
import type { Entry, Failure, Joined, Sent, Whisper } from "../../wire.ts";
import type { Claim } from "../keeping/claims.ts";
import type { GifShelf, KeptGif } from "../keeping/gifs.ts";
import { Keeper } from "../keeping/keeper.ts";
import { KeptTexts, type Shelf } from "../keeping/texts.ts";
import { RoomSession, SHOW_MS_MIN } from "../session.svelte.ts";
import type { Shell } from "../shell.ts";

export const CREATED_AT = "2026-11-20T12:00:00.000Z";
export const WHALE = { id: "whale", user: "#3a7867", alias: { ko: "파란 고래", en: "Blue Whale" } };
export const FOX = { id: "fox", user: "#c5793a", alias: { ko: "노란 여우", en: "Yellow Fox" } };

/** Events after which there is something to be seen a moment later. */
const ENTRIES = new Set(["chat", "join", "exit", "whisper"]);

type Question = { event: string; payload: Record<string, unknown>; answer: (value: unknown) => void };

/** A socket whose server is the test. */
export class FakeSocket {
  connected = false;
  active = true;
  questions: Question[] = [];
  sendBuffer: unknown[] = [];
  connect = vi.fn();
  disconnect = vi.fn(() => {
    if (this.connected) void this.happens("disconnect", "io client disconnect");
  });
  io = { reconnectionDelay: vi.fn(), reconnectionDelayMax: vi.fn() };
  #listeners = new Map<string, (payload: unknown, details?: unknown) => void>();
  #pending = new Set<(reason: Error) => void>();

  on(event: string, listener: (payload: unknown, details?: unknown) => void): void {
    this.#listeners.set(event, listener);
  }

  timeout(): this {
    return this;
  }

  emitWithAck(event: string, payload: Record<string, unknown>): Promise<unknown> {
    return new Promise((answer, reject) => {
      this.#pending.add(reject);
      this.questions.push({ event, payload, answer });
    });
  }

  async happens(event: string, payload?: unknown, details?: unknown): Promise<void> {
    if (event === "connect") this.connected = true;
    if (event === "disconnect") this.connected = false;
    this.#listeners.get(event)?.(payload, details);
    // Like the official client: only after its listeners have heard of the end.
    if (event === "disconnect") this.silence();
    await vi.advanceTimersByTimeAsync(ENTRIES.has(event) ? SHOW_MS_MIN : 0);
  }

  /** No answer comes to anything that was asked. */
  silence(): void {
    for (const reject of this.#pending) reject(new Error("operation has timed out"));
    this.#pending.clear();
  }

  asked(event: string): Record<string, unknown>[] {
    return this.questions.filter((one) => one.event === event).map(({ payload }) => payload);
  }

  last(event: string): Question {
    const question = this.questions.filter((candidate) => candidate.event === event).at(-1);
    if (!question) throw new Error(`nobody asked ${event}`);
    return question;
  }

  async answers(event: string, answer: Joined | Sent | Failure | object): Promise<void> {
    this.last(event).answer(answer);
    await vi.advanceTimersByTimeAsync(0);
  }
}

export function entry(seq: number, rest: Partial<Entry> = {}): Entry {
  const { id: author, user, alias } = FOX;
  const text = { chat: `message ${seq}`, author, user, alias };
  return { _id: `id-${seq}`, room: "room", seq, createdAt: CREATED_AT, ...text, ...rest };
}

/** From the fox to the whale. */
export function whisper(privateSeq: number, rest: Partial<Whisper> = {}): Whisper {
  const { id: author, user, alias } = FOX;
  const both = { author, user, alias, to: WHALE };
  const chat = `whisper ${privateSeq}`;
  const said = { room: "room", privateSeq, anchor: 1, chat, createdAt: CREATED_AT };
  return { _id: `whisper-${privateSeq}`, ...both, ...said, ...rest };
}

export function joined(messages: Entry[], rest: Partial<Joined> = {}): Joined {
  const seat = { owner: false, away: false, since: CREATED_AT };
  return {
    ok: true,
    epoch: "one",
    head: messages.at(-1)?.seq ?? 0,
    first: 1,
    reset: false,
    more: false,
    messages,
    private: [],
    privateHead: 0,
    room: { title: "Room", max: 10, secret: false, locked: false, slow: 0 },
    blocked: [],
    you: WHALE,
    owner: "fox",
    participants: [
      { ...WHALE, ...seat },
      { ...FOX, ...seat, owner: true },
    ],
    ...rest,
  };
}

/** The storage of a browser that has only this. */
export class MemoryShelf implements Shelf {
  readonly values = new Map<string, string>();
  /** When set, nothing can be written. */
  full = false;

  get length(): number {
    return this.values.size;
  }

  key(index: number): string | null {
    return [...this.values.keys()][index] ?? null;
  }

  getItem(key: string): string | null {
    return this.values.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    if (this.full) throw new DOMException("full", "QuotaExceededError");
    this.values.set(key, value);
  }

  removeItem(key: string): void {
    this.values.delete(key);
  }
}

/** Where GIFs are kept, without a database. */
export function memoryGifs(): GifShelf & { kept: Map<string, KeptGif>; full: boolean } {
  const kept = new Map<string, KeptGif>();
  return {
    kept,
    full: false,
    async keep(gif) {
      if (!this.full) kept.set(gif.clientId, gif);
      return !this.full;
    },
    forget: async (clientId) => void kept.delete(clientId),
    ofRoom: async (room) => [...kept.values()].filter((gif) => gif.room === room),
    sweep: async (writtenBefore) => {
      for (const gif of [...kept.values()]) {
        if (gif.writtenAt < writtenBefore) kept.delete(gif.clientId);
      }
    },
  };
}

/** What the pages of one browser share: storage, database, and who holds which queue. */
export class Browser {
  readonly shelf = new MemoryShelf();
  readonly gifs = memoryGifs();
  readonly #holders = new Map<string, number>();
  #pages = 0;

  /** The keeper of another page, and the way in which that page goes. */
  page(previous?: string): { keeper: Keeper; queue: string; goes: () => void } {
    this.#pages += 1;
    const number = this.#pages;
    const queue = `queue-${number}`;
    const claim: Claim = async (name) => {
      if (this.#holders.has(name)) return false;
      this.#holders.set(name, number);
      return true;
    };
    const keeper = new Keeper({
      room: "room",
      texts: new KeptTexts(this.shelf, "room"),
      gifs: this.gifs,
      claim,
      previous,
      queue,
      now: Date.now,
      stale: "Written long ago.",
    });
    const goes = (): void => {
      for (const [name, holder] of this.#holders) {
        if (holder === number) this.#holders.delete(name);
      }
    };
    return { keeper, queue, goes };
  }
}

export type Visit = { session: RoomSession; socket: FakeSocket };

export function start(keeper = new Browser().page().keeper, preview: Entry[] = []): Visit {
  const socket = new FakeSocket();
  const owner = { user: "#c5793a", alias: "Yellow Fox" };
  const facts = { room: "room", max: 10, secret: false, count: 1, owner, you: "whale" };
  const shell = { ...facts, preview } as unknown as Shell;
  const times = timesFor("en");
  const session = new RoomSession(
    shell,
    socket as unknown as Socket,
    textsFor("en", en),
    times,
    keeper,
  );
  return { session, socket };
}

export async function startJoined(messages = [entry(1)], keeper?: Keeper): Promise<Visit> {
  const { session, socket } = start(keeper);
  await socket.happens("connect");
  await socket.answers("join", joined(messages));
  return { session, socket };
}

/** The connection breaks and comes back; the answer to the join is the test's to give. */
export async function breakAndReturn(socket: FakeSocket, details?: unknown): Promise<void> {
  await socket.happens("disconnect", "transport close", details);
  await socket.happens("connect");
}

export const shown = (session: RoomSession): number[] => session.entries.map(({ seq }) => seq);
