// Several messages of one person in a row need that person's name only once.

export type Spoken = {
  /** Whoever is the same to the reader; nothing for a system line. */
  speaker: string | undefined;
  createdAt: string;
};

const PAUSE_MS_MAX = 2 * 60 * 1_000;

/** Whether a message goes on where the same person has just stopped. */
export function continues(previous: Spoken | undefined, next: Spoken): boolean {
  if (previous?.speaker === undefined || previous.speaker !== next.speaker) return false;
  return Date.parse(next.createdAt) - Date.parse(previous.createdAt) <= PAUSE_MS_MAX;
}
