import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { claimByAsking } from "./asking-claim.ts";
import { claimByLock } from "./claims.ts";

/** The channel that all tabs of one browser share, as far as it is used. */
class Room {
  readonly channels: EventTarget[] = [];

  join(): BroadcastChannel {
    const channel = new EventTarget();
    this.channels.push(channel);
    const postMessage = (data: unknown): void => {
      for (const other of this.channels) {
        if (other !== channel) other.dispatchEvent(new MessageEvent("message", { data }));
      }
    };
    return Object.assign(channel, { postMessage }) as unknown as BroadcastChannel;
  }

  close(channel: BroadcastChannel): void {
    this.channels.splice(this.channels.indexOf(channel), 1);
  }
}

/** The browser's locks, as far as they are used. */
class Locks {
  readonly #held = new Set<string>();
  readonly #waiting = new Map<string, () => void>();

  request(name: string, options: LockOptions, hold: (lock: Lock | null) => unknown) {
    const take = (): void => {
      this.#held.add(name);
      hold({ name, mode: "exclusive" });
    };
    if (!this.#held.has(name)) take();
    else if (options.ifAvailable) hold(null);
    else {
      return new Promise((_, reject) => {
        this.#waiting.set(name, take);
        options.signal?.addEventListener("abort", () => reject(new Error("aborted")));
      });
    }
    return Promise.resolve();
  }

  release(name: string): void {
    this.#held.delete(name);
    this.#waiting.get(name)?.();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a queue, by the browser's locks", () => {
  test("belongs to the first page that takes it", async () => {
    const locks = new Locks() as unknown as LockManager;
    const [one, two] = [claimByLock(locks), claimByLock(locks)];
    expect(await one("a", 0)).toBe(true);
    expect(await two("a", 0)).toBe(false);
    expect(await two("b", 0)).toBe(true);
  });

  test("comes to the page that waits for a page that is going", async () => {
    const locks = new Locks();
    const claim = claimByLock(locks as unknown as LockManager);
    await claim("a", 0);
    const next = claimByLock(locks as unknown as LockManager)("a", 1_000);
    locks.release("gif-chat.outbox/a");
    expect(await next).toBe(true);
  });
});

describe("a queue, by asking", () => {
  test("belongs to the page that answers for it", async () => {
    const room = new Room();
    const [one, two] = [claimByAsking(room.join()), claimByAsking(room.join())];
    const first = one("a", 0);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await first).toBe(true);
    expect(await two("a", 0)).toBe(false);
  });

  test("is free when nobody answers any more", async () => {
    const room = new Room();
    const channel = room.join();
    const first = claimByAsking(channel)("a", 0);
    await vi.advanceTimersByTimeAsync(1_000);
    await first;
    room.close(channel);
    const next = claimByAsking(room.join())("a", 0);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await next).toBe(true);
  });

  test("is not taken twice by one page", async () => {
    const claim = claimByAsking(new Room().join());
    const first = claim("a", 0);
    expect(await claim("a", 0)).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await first).toBe(true);
    expect(await claim("a", 0)).toBe(false);
  });
});
