// The menu of a message, and what is asked before a thing that cannot be undone. One is open at a time.

import { mount, unmount } from "svelte";

import type { Texts } from "../../texts.ts";
import type { Entry } from "../../wire.ts";
import EmojiPanel from "../emoji/EmojiPanel.svelte";
import type { RoomSession } from "../session.svelte.ts";
import { touch } from "../touch.ts";
import { react } from "./ask.ts";
import Menu from "./Menu.svelte";
import { choicesFor } from "./menu-items.ts";
import Question from "./Question.svelte";

export type Asked = "delete" | "report";

export class Menus {
  readonly #session: RoomSession;
  readonly #texts: Texts;
  readonly #place: HTMLElement;
  #open: object | undefined;

  constructor(session: RoomSession, texts: Texts) {
    this.#session = session;
    this.#texts = texts;
    this.#place = session.shell.places.app;
  }

  /** The button is where the focus goes back to. */
  menu(entry: Entry, button: HTMLElement): void {
    this.#close();
    const onclose = (back: boolean): void => this.#close(back ? button : undefined);
    const choices = choicesFor(this.#session, entry, {
      close: onclose,
      emojis: () => this.#emojis(entry, button),
      ask: (about) => this.#ask(about, entry, button),
    });
    const props = { texts: this.#texts, choices, button, onclose };
    this.#open = mount(Menu, { target: this.#place, props });
  }

  #ask(about: Asked, entry: Entry, button: HTMLElement): void {
    this.#close();
    const props = { session: this.#session, texts: this.#texts, entry, about };
    const onclose = (): void => this.#close(button);
    this.#open = mount(Question, { target: this.#place, props: { ...props, onclose } });
  }

  #emojis({ seq }: Entry, button: HTMLElement): void {
    this.#close();
    const onclose = (back: boolean): void => this.#close(back ? button : undefined);
    const onpick = (emoji: string): void => {
      onclose(true);
      void react(this.#session, seq, emoji);
    };
    const props = { texts: this.#session.texts, onTouch: touch.matches, button, onpick, onclose };
    const target = document.querySelector(".composer") ?? this.#place;
    this.#open = mount(EmojiPanel, { target, props });
  }

  #close(back?: HTMLElement): void {
    if (this.#open) void unmount(this.#open);
    this.#open = undefined;
    // Its message may be gone meanwhile.
    if (back?.isConnected) back.focus();
    else if (back) this.#session.talk.view?.scroller.focus();
  }
}

/** Opens one of the reader's own texts for another wording. */
export function edit(session: RoomSession, seq: number): void {
  session.talk.view?.reading.bring(seq);
  session.talk.touched = { seq, editing: true };
}
