// All that one does with messages. Loaded when somebody does the first such thing, or when others have.

import { type Component, mount, type Snippet } from "svelte";

import en from "#locales/en.toml?talk";
import ko from "#locales/ko.toml?talk";

import { type Texts, textsFor } from "../../texts.ts";
import type { Entry, Quote } from "../../wire.ts";
import type { RoomSession } from "../session.svelte.ts";
import { jump } from "./jump.ts";
import { KnownPeople } from "./known-people.svelte.ts";
import Line from "./Line.svelte";
import { edit, Menus } from "./menus.ts";
import QuoteExcerpt from "./QuoteExcerpt.svelte";
import ReplyBar from "./ReplyBar.svelte";
import { Suggester } from "./suggester.svelte.ts";
import Suggestions from "./Suggestions.svelte";
import Typing from "./Typing.svelte";
import { Typists } from "./typists.svelte.ts";

export type Parts = {
  texts: Texts;
  /** A message with what belongs to it; `body` is the message itself. */
  Line: Component<{ session: RoomSession; entry: Entry; body: Snippet }>;
  QuoteExcerpt: Component<{ session: RoomSession; quote: Quote }>;
  ReplyBar: Component<{ session: RoomSession }>;
  typists: Typists;
  known: KnownPeople;
  suggester: Suggester;
  menus: Menus;
  /** Leads the reader to a message. */
  jump: (seq: number) => Promise<void>;
  /** Opens one of the reader's own texts for another wording. */
  edit: (seq: number) => void;
};

export function start(session: RoomSession): Parts {
  const { locale } = session.texts;
  const texts = textsFor(locale, { ko, en }[locale]);
  const parts: Parts = {
    texts,
    Line,
    QuoteExcerpt,
    ReplyBar,
    typists: new Typists(session),
    known: new KnownPeople(session),
    suggester: new Suggester(session),
    menus: new Menus(session, texts),
    jump: (seq) => jump(session, texts, seq),
    edit: (seq) => edit(session, seq),
  };
  const { typists, suggester } = parts;
  const [frame, composer] = [".timeline-frame", ".composer"].map((name) => document.querySelector(name));
  if (frame) mount(Typing, { target: frame, props: { session, typists, texts } });
  if (composer) mount(Suggestions, { target: composer, props: { session, suggester, texts } });
  return parts;
}
