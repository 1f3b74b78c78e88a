// The list under `/w`, at work in the field: what is typed opens it, the arrow keys move in it, Enter and
// Tab take the person they have reached. The focus stays in the field.

import { mount, unmount } from "svelte";

import en from "#locales/en.toml?recipients";
import ko from "#locales/ko.toml?recipients";

import { textsFor } from "../../texts.ts";
import type { Participant } from "../../wire.ts";
import type { RoomSession } from "../session.svelte.ts";
import RecipientList from "./RecipientList.svelte";
import { addressed, fitting, Recipients } from "./recipients.svelte.ts";

export type RecipientDoors = {
  session: RoomSession;
  field: HTMLTextAreaElement;
  target: Element;
  /** Somebody is chosen; the text is for them. */
  onchoose: (person: Participant, text: string) => void;
};

export class RecipientField {
  readonly #doors: RecipientDoors;
  readonly #list = new Recipients();
  readonly #view: object;

  constructor(doors: RecipientDoors) {
    this.#doors = doors;
    const { session, field, target } = doors;
    const { locale } = session.texts;
    const texts = textsFor(locale, { ko, en }[locale]);
    const onpick = (person: Participant): void => this.#choose(person, "");
    this.#view = mount(RecipientList, {
      target,
      props: { list: this.#list, session, texts, field, onpick },
    });
  }

  /** The text in the field begins with the command. */
  typed(composing: boolean): void {
    const { field, session } = this.#doors;
    const others = session.roster.people.filter(({ id }) => !session.roster.isYou(id));
    const named = addressed(field.value, others);
    // A field that is written into while a syllable is composed would have it twice.
    if (named && !composing) this.#choose(named.person, named.text);
    else this.#list.show(fitting(field.value, others));
  }

  /** Whether the key was one for the list. */
  keyDown(key: string): boolean {
    if (!this.#list.open) return false;
    if (key === "ArrowDown" || key === "ArrowUp") {
      this.#list.move(key === "ArrowDown" ? 1 : -1);
      return true;
    }
    if (key === "Escape") {
      this.close();
      return true;
    }
    return (key === "Enter" || key === "Tab") && this.choose();
  }

  /** Takes the person that the list has reached. */
  choose(): boolean {
    const person = this.#list.chosen;
    if (person) this.#choose(person, "");
    return person !== undefined;
  }

  close(): void {
    this.#list.open = false;
  }

  remove(): void {
    void unmount(this.#view);
  }

  #choose(person: Participant, text: string): void {
    this.close();
    this.#doors.onchoose(person, text);
  }
}

