// Fetches the whole conversation page by page, the newest first, as the server keeps it now.

import type { Entry, Failure, History, Whisper } from "../../wire.ts";
import { PASSING } from "../retry.ts";

export type Ask = (
  name: "history",
  payload: { before: number; beforePrivate: number; limit: number },
) => Promise<History | Failure>;

/** Where the conversation ends: everything before it is fetched. */
export type End = { before: number; beforePrivate: number };

/** A part of the conversation in its own order, and the whispers that stand in it. */
export type Page = { messages: Entry[]; whispers: Whisper[] };

/** Why the rest could not be fetched; nothing when there was no answer. */
export class NotFetched extends Error {
  readonly reason: string | undefined;

  constructor(reason: string | undefined) {
    super(reason);
    this.reason = reason;
  }
}

const PAGE = 50;
const TRIES_MAX = 5;
const WAIT_MS = 1_000;
const WAIT_MS_MAX = 30_000;

export async function* pagesOf(ask: Ask, end: End, signal: AbortSignal): AsyncGenerator<Page> {
  let { before, beforePrivate } = end;
  for (;;) {
    const { messages, whispers, oldest } = await pageBefore(ask, { before, beforePrivate }, signal);
    if (messages.length === 0 && whispers.length === 0) return;
    yield { messages, whispers };
    const first = messages[0]?.seq;
    // What has no end of its own must not be asked for ever.
    if (first === undefined || first >= before) return;
    before = first;
    beforePrivate = oldest;
  }
}

/** One page with all its whispers, which come in pages of their own. */
async function pageBefore(
  ask: Ask,
  { before, beforePrivate }: End,
  signal: AbortSignal,
): Promise<Page & { oldest: number }> {
  const whispers: Whisper[] = [];
  for (let oldest = beforePrivate; ; ) {
    const answer = await patiently(() => ask("history", { before, beforePrivate: oldest, limit: PAGE }), signal);
    whispers.push(...answer.private);
    const next = Math.min(oldest, ...answer.private.map(({ privateSeq }) => privateSeq));
    if (!answer.more || next === oldest) return { messages: answer.messages, whispers, oldest: next };
    oldest = next;
  }
}

async function patiently(ask: () => Promise<History | Failure>, signal: AbortSignal): Promise<History> {
  let reason: string | undefined;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    signal.throwIfAborted();
    const answer = await ask().catch((error: unknown) => {
      if (error instanceof NotFetched) throw error;
      return undefined;
    });
    signal.throwIfAborted();
    if (answer?.ok) return answer;
    reason = answer?.message;
    if (answer && !PASSING.has(answer.error)) break;
    await rest(Math.min(answer?.retryAfterMs ?? WAIT_MS, WAIT_MS_MAX), signal);
  }
  throw new NotFetched(reason);
}

/** Ends early when nobody waits for it any more. */
function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
