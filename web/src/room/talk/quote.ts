// What is quoted of a message that one answers; the server makes the same of it.

import type { Entry, Quote } from "../../wire.ts";
import { QUOTE_GRAPHEMES_MAX } from "../changes.ts";
import { beginningOf } from "../limits.ts";

/** Nothing of a line that nobody has said. */
export function quoteOf({ seq, author, user, alias, ...body }: Entry): Quote | undefined {
  if (author === undefined || alias === undefined) return undefined;
  const quote = { seq, author, user, alias };
  const { chat, gif, width, height, deleted } = body;
  if (deleted) return { ...quote, deleted };
  if (gif !== undefined) return { ...quote, gif, width: width ?? 0, height: height ?? 0 };
  return { ...quote, chat: beginningOf(chat ?? "", QUOTE_GRAPHEMES_MAX) };
}
