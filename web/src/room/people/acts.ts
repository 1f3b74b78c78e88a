// What an owner may do to somebody in the room, and for how long.

import type { Participant } from "../../wire.ts";

export type Act = "handover" | "mute" | "kick";

export type Asked = { act: Act; person: Participant };

const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400] as const;

/** What is chosen unless the owner chooses. */
export const SECONDS_USUAL = 10 * MINUTE;
export const DURATIONS: Readonly<Record<Act, readonly number[]>> = {
  handover: [],
  mute: [MINUTE, SECONDS_USUAL, HOUR, DAY],
  kick: [SECONDS_USUAL, HOUR, DAY, 7 * DAY],
};
