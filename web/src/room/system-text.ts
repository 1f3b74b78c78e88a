// The sentence of a system line, in pieces: what people have written stands by itself in it, so that
// it cannot turn the order of the words around it.

import type { System } from "../wire.ts";

export type Piece = { text: string; filled: boolean };

/** Which sentence it is. */
export function systemKey({ kind, by, reason, seconds, secret }: System): string {
  if (kind === "owner" && by) return "owner_by";
  if (kind === "kick" && reason !== undefined) return "kick_reason";
  if (kind === "slow" && !seconds) return "slow_off";
  if (kind === "password") return secret ? "password_set" : "password_removed";
  return kind;
}

/** Whether its sentence is one that the page begins with. */
export function isUsual({ kind }: System): boolean {
  return kind === "join" || kind === "exit";
}

export function piecesOf(
  sentence: string,
  values: Readonly<Record<string, unknown>>,
): Piece[] {
  return sentence
    .split(/\{(\w+)\}/)
    .map((part, index) => {
      const filled = index % 2 === 1;
      return { text: filled ? String(values[part] ?? "") : part, filled };
    })
    .filter(({ text }) => text !== "");
}
