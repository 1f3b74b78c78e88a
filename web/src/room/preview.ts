// The conversation as the server wrote it into the page: shown in our own lines until the first answer
// to our join, so that nothing moves when that takes its place.

import type { Locale } from "../texts.ts";
import type { Entry, System } from "../wire.ts";

/** A system line whose sentence the server has written already; what it was made of is not on the page. */
export type ToldEntry = Entry & { told: string };

export function isToldEntry(entry: Entry): entry is ToldEntry {
  return "told" in entry;
}

/** The entries of the server's list. Names are in the page's language only. */
export function previewOf(history: HTMLElement, room: string, locale: Locale): Entry[] {
  return [...history.querySelectorAll<HTMLElement>("li[data-seq]")].map((line) =>
    entryOf(line, room, locale),
  );
}

function entryOf(line: HTMLElement, room: string, locale: Locale): Entry {
  const { seq, colour: user = "", author = "", alias: name = "", kind, clientId } = line.dataset;
  const alias = { ko: "", en: "", [locale]: name };
  const common = {
    _id: `preview-${seq}`,
    room,
    seq: Number(seq),
    user,
    createdAt: line.querySelector("time")?.dateTime ?? "",
  };
  if (kind !== undefined) {
    const system = { kind: kind as System["kind"], author, user, alias };
    const told = line.querySelector(".text")?.textContent ?? "";
    return { ...common, system, told } as ToldEntry;
  }
  const said = { ...common, author, alias, ...(clientId === undefined ? {} : { clientId }) };
  const picture = line.querySelector<HTMLImageElement>("img.gif");
  if (picture) {
    const gif = picture.getAttribute("src")?.replace(/^\/gif\//, "") ?? "";
    // The properties of these names would be what the picture measures on the screen.
    const [width, height] = ["width", "height"].map((side) => Number(picture.getAttribute(side)));
    return { ...said, gif, width: width ?? 0, height: height ?? 0 };
  }
  return { ...said, chat: line.querySelector(".bubble.text")?.textContent ?? "" };
}
