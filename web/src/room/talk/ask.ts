// Asks the room for something, and puts what went wrong into the reader's words.

import type { RoomSession } from "../session.svelte.ts";

/** Nothing when the room has done it. */
export async function ask(
  session: RoomSession,
  act: string,
  payload: object,
): Promise<string | undefined> {
  const silence = session.talk.parts?.texts.text("talk.no_answer") ?? "";
  if (!session.online) return silence;
  try {
    const answer = await session.act(act, payload);
    return answer.ok ? undefined : answer.message;
  } catch {
    return silence;
  }
}

/** The same; what went wrong stands at the message. */
export async function askAt(
  session: RoomSession,
  seq: number,
  act: string,
  payload: object,
): Promise<void> {
  session.talk.touched = undefined;
  const problem = await ask(session, act, { seq, ...payload });
  if (problem !== undefined) session.talk.touched = { seq, problem };
}

/** Gives an emoji, or takes it back when the reader has given it. */
export function react(session: RoomSession, seq: number, emoji: string): Promise<void> {
  const entry = session.entries.find((candidate) => candidate.seq === seq);
  const reaction = entry?.reactions?.find((candidate) => candidate.emoji === emoji);
  const given = reaction?.by.some(({ id }) => session.roster.isYou(id)) ?? false;
  return askAt(session, seq, "react", { emoji, on: !given });
}
