// One line of the keepsake: what was said, in its final state.

import { safeColour } from "../../colour.ts";
import type { Texts } from "../../texts.ts";
import type { Times } from "../../times.ts";
import type { Alias, Entry, Quote, Reaction, System } from "../../wire.ts";
import systemSentences from "../system-sentences.ts";
import { piecesOf, systemKey } from "../system-text.ts";
import { isWhisper, type Placed, type Told } from "../whispers.ts";
import type { Picture } from "./gifs.ts";
import { escape, isolated } from "./markup.ts";

export type Words = {
  /** Those of the keepsake. */
  own: Texts;
  /** Those of the page. */
  page: Texts;
  times: Times;
  /** The reader's id. */
  you: string | undefined;
};

/** Pictures are long, and stand between the texts as they are. */
export type Parts = (string | Blob)[];

export function lineOf(told: Told, words: Words, picture: Picture | undefined): Parts {
  if (isWhisper(told)) return [whisperLine(told, words)];
  if (told.system) return [systemLine(told, told.system, words)];
  const own = told.author !== undefined && told.author === words.you;
  const body = told.deleted ? [gone(told, words)] : bodyOf(told, words, picture);
  return [
    `<li id="m${told.seq}" class="message${own ? " own" : ""}">`,
    byline(told, told.alias, words),
    told.quote && !told.deleted ? quoteOf(told.quote, words) : "",
    ...body,
    told.reactions?.length ? reactionsOf(told.reactions, words) : "",
    "</li>\n",
  ];
}

/** Names and colours as they were given in this room. */
function byline(told: Told, alias: Alias | undefined, words: Words): string {
  const { own, page, you } = words;
  const mine = told.author !== undefined && told.author === you;
  const name = alias?.[own.locale] ?? "";
  const edited = "edited" in told && told.edited ? ` <span class="note">${escape(own.text("talk.edited"))}</span>` : "";
  const tag = mine ? ` <span class="note">(${escape(page.text("room.you"))})</span>` : "";
  return `<p class="by">${swatch(told.user)} <strong>${isolated(name)}</strong>${tag} ${time(told.createdAt, words)}${edited}</p>`;
}

function bodyOf(entry: Entry, words: Words, picture: Picture | undefined): Parts {
  if (entry.gif === undefined) return [textOf(entry.chat ?? "")];
  if (picture?.kind === "inside") {
    const { width = 0, height = 0 } = entry;
    return [`<p><img alt="GIF" width="${Number(width)}" height="${Number(height)}" src="`, picture.source, `"></p>`];
  }
  return [`<p class="note">${escape(missingPicture(picture, words))}</p>`];
}

function missingPicture(picture: Picture | undefined, { own }: Words): string {
  if (picture?.kind !== "too_large") return own.text("keepsake.gif_missing");
  const size = (picture.bytes / 1024 / 1024).toLocaleString(own.locale, { maximumFractionDigits: 1 });
  return own.fill("keepsake.gif_too_large", { size });
}

function textOf(text: string): string {
  return `<p class="text" dir="auto">${escape(text)}</p>`;
}

function gone({ byOwner }: Entry, { own }: Words): string {
  return `<p class="note">${escape(own.text(byOwner ? "talk.deleted_by_owner" : "talk.deleted"))}</p>`;
}

function quoteOf(quote: Quote, { own }: Words): string {
  const name = isolated(quote.alias[own.locale]);
  const said = quote.deleted ? own.text("talk.deleted") : quote.gif === undefined ? quote.chat : "GIF";
  return `<blockquote><strong>${name}</strong> ${isolated(said ?? "")}</blockquote>`;
}

function reactionsOf(reactions: readonly Reaction[], { own }: Words): string {
  const each = reactions.map(({ emoji, by }) => {
    const names = by.map(({ alias }) => isolated(alias[own.locale])).join(", ");
    return `<li>${isolated(emoji)} ${by.length} <span class="note">${names}</span></li>`;
  });
  return `<ul class="reactions" aria-label="${escape(own.text("keepsake.reactions"))}">${each.join("")}</ul>`;
}

function whisperLine(whisper: Placed, words: Words): string {
  const { own, page } = words;
  const mine = whisper.author === words.you;
  const name = (mine ? whisper.to.alias : whisper.alias)[own.locale];
  const head = page.fill(mine ? "whisper.to" : "whisper.from", { name });
  const marked = `${escape(head)} · ${escape(page.text("whisper.only"))}`;
  return `<li class="message whisper${mine ? " own" : ""}"><p class="note">${marked}</p>${byline(whisper, whisper.alias, words)}${textOf(whisper.chat)}</li>\n`;
}

function systemLine(entry: Entry, system: System, words: Words): string {
  const { own, page, times } = words;
  const { alias, by, until = "", ...rest } = system;
  const names = { user: alias[own.locale], by: by?.alias[own.locale] };
  const sentence = systemSentences(page.locale).text(`system.${systemKey(system)}`);
  const pieces = piecesOf(sentence, { ...rest, ...names, time: times.long(until) });
  const said = pieces.map(({ text, filled }) => (filled ? isolated(text) : escape(text))).join("");
  return `<li class="system">${swatch(system.user)} ${said} ${time(entry.createdAt, words)}</li>\n`;
}

function swatch(colour: string): string {
  return `<svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><circle cx="6" cy="6" r="5.5" fill="${safeColour(colour)}"/></svg>`;
}

function time(iso: string, { times }: Words): string {
  return `<time datetime="${escape(iso)}" title="${escape(times.long(iso))}">${escape(times.clock(iso))}</time>`;
}
