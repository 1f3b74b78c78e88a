// Whose a queue is, where the browser has no locks: its pages ask each other.

import type { Claim } from "./claims.ts";

/** Another tab answers within this, or holds nothing. */
const ANSWER_MS_MAX = 300;

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
