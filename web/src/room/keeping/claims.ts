// Whose a queue is: the page that wrote it has it as long as it lives, then whoever takes it first.

/** Whether the queue is this page's from now on; waits at most so long for a page that is going. */
export type Claim = (queue: string, waitMs: number) => Promise<boolean>;

const NAME = "gif-chat.outbox";
/** Another tab answers within this, or holds nothing. */
const ANSWER_MS_MAX = 300;

/** By the browser's locks, which end with their page however it ends. Secure contexts only. */
export function claimByLock(locks: LockManager): Claim {
  return (queue, waitMs) =>
    new Promise((resolve) => {
      const options: LockOptions =
        waitMs > 0 ? { signal: AbortSignal.timeout(waitMs) } : { ifAvailable: true };
      const held = locks.request(`${NAME}/${queue}`, options, (lock) => {
        resolve(lock !== null);
        // Held until the page is gone.
        return lock ? new Promise<never>(() => undefined) : undefined;
      });
      held.catch(() => resolve(false));
    });
}

type Call = { asks: string } | { holds: string };

/** By asking the other tabs. One that sleeps is taken for gone; the room takes a name only once anyway. */
export function claimByAsking(channel: BroadcastChannel): Claim {
  const held = new Set<string>();
  const waiting = new Map<string, () => void>();
  channel.addEventListener("message", ({ data }: MessageEvent<Call>) => {
    if ("asks" in data && held.has(data.asks)) channel.postMessage({ holds: data.asks });
    if ("holds" in data) waiting.get(data.holds)?.();
  });
  const isFree = (queue: string): Promise<boolean> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => resolve(true), ANSWER_MS_MAX);
      waiting.set(queue, () => {
        clearTimeout(timer);
        resolve(false);
      });
      channel.postMessage({ asks: queue });
    });
  return async (queue) => {
    if (held.has(queue) || waiting.has(queue)) return false;
    const free = await isFree(queue);
    waiting.delete(queue);
    if (free) held.add(queue);
    return free;
  };
}

/** The best way that this browser has. */
export function claimHere(): Claim {
  if ("locks" in navigator) return claimByLock(navigator.locks);
  if ("BroadcastChannel" in window) return claimByAsking(new BroadcastChannel(NAME));
  return () => Promise.resolve(true);
}
