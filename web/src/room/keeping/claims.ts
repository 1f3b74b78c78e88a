// Whose a queue is: the page that wrote it has it as long as it lives, then whoever takes it first.

/** Whether the queue is this page's from now on; waits at most so long for a page that is going. */
export type Claim = (queue: string, waitMs: number) => Promise<boolean>;

const NAME = "gif-chat.outbox";

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

/** The best way that this browser has. */
export function claimHere(): Claim {
  if ("locks" in navigator) return claimByLock(navigator.locks);
  if ("BroadcastChannel" in window) {
    const claim = import("./asking-claim.ts").then(
      ({ claimByAsking }) => claimByAsking(new BroadcastChannel(NAME)),
      () => unasked,
    );
    return async (queue, waitMs) => (await claim)(queue, waitMs);
  }
  return unasked;
}

function unasked(): Promise<boolean> {
  return Promise.resolve(true);
}
