// Asks for the password of a secret room where one stands, instead of on a page of its own.

import en from "#locales/en.toml?password";
import ko from "#locales/ko.toml?password";

import { reveal, type Reveal } from "../forms/reveal.ts";
import { type Locale, type Texts, textsFor } from "../texts.ts";

/** A server that has not answered by then will hardly do so. */
const ANSWER_MS_MAX = 15_000;

type Asked = { id: string; opener: HTMLElement };

export class PasswordDialog {
  readonly #dialog: HTMLDialogElement;
  readonly #field: HTMLInputElement;
  readonly #problem: HTMLElement;
  readonly #submit: HTMLButtonElement;
  readonly #reveal: Reveal;
  readonly #texts: Texts;
  readonly #heading: HTMLElement;
  /** For which room it is open. */
  #asked: Asked | undefined;
  #isSending = false;

  /** `heading` takes the focus when the button that opened the dialog is gone. */
  constructor(dialog: HTMLDialogElement, heading: HTMLElement, locale: Locale) {
    const part = <Part extends HTMLElement>(selector: string): Part => {
      const found = dialog.querySelector<Part>(selector);
      if (!found) throw new Error(`The dialog has no ${selector}.`);
      return found;
    };
    this.#dialog = dialog;
    this.#heading = heading;
    this.#texts = textsFor(locale, { ko, en }[locale]);
    this.#field = part("input");
    this.#problem = part(".field-error");
    this.#submit = part("[type=submit]");
    this.#reveal = reveal(part(".reveal"), this.#field);
    this.#problem.setAttribute("role", "alert");
    const form = part<HTMLFormElement>("form");
    form.noValidate = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#enter();
    });
    part(".cancel").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => this.#end());
    addEventListener("pageshow", ({ persisted }) => {
      if (persisted) dialog.close();
    });
  }

  open(id: string, title: string, opener: HTMLElement): void {
    const name = this.#dialog.querySelector("h2 bdi");
    if (name) name.textContent = title;
    this.#asked = { id, opener };
    this.#field.value = "";
    this.#clear();
    this.#free();
    // Within the press, or a phone would not bring its keyboard.
    this.#dialog.showModal();
    this.#field.focus();
    void this.#skip(this.#asked);
  }

  /** A room is gone. */
  vanish(id: string): void {
    if (this.#asked?.id !== id) return;
    this.#problem.textContent = this.#texts.text("password.gone");
    this.#submit.disabled = true;
    this.#dialog.querySelector<HTMLElement>(".cancel")?.focus();
  }

  /** In another tab the visitor may have been let in meanwhile: then there is nothing to ask. */
  async #skip(asked: Asked): Promise<void> {
    const answer = await this.#ask(asked, "standing", { cache: "no-store" });
    if (answer?.status === 404) this.vanish(asked.id);
    if (!answer?.ok) return;
    const { admitted } = (await answer.json()) as { admitted?: boolean };
    if (admitted === true && this.#asked === asked) location.assign(`/room/${asked.id}`);
  }

  async #enter(): Promise<void> {
    const asked = this.#asked;
    if (!asked || this.#isSending || this.#submit.disabled) return;
    if (this.#field.value === "") {
      this.#refuse("password.empty");
      return;
    }
    this.#isSending = true;
    this.#submit.setAttribute("aria-disabled", "true");
    this.#clear();
    const answer = await this.#ask(asked, "enter", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ password: this.#field.value }),
    });
    // It was closed meanwhile, or the room has gone.
    if (this.#asked !== asked || this.#submit.disabled) return;
    if (answer?.ok) {
      this.#reveal.hide();
      location.assign(`/room/${asked.id}`);
      return;
    }
    this.#free();
    if (answer?.status === 404) this.vanish(asked.id);
    else await this.#explain(answer);
  }

  async #explain(answer: Response | undefined): Promise<void> {
    const said = (await answer?.json().catch(() => undefined)) as { message?: string } | undefined;
    if (said?.message === undefined) this.#refuse("password.no_answer");
    else this.#refuseWith(said.message);
  }

  async #ask({ id }: Asked, what: string, init: RequestInit): Promise<Response | undefined> {
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const address = `/room/${encodeURIComponent(id)}/${what}`;
    return fetch(address, { ...init, signal }).catch(() => undefined);
  }

  #refuse(key: string): void {
    this.#refuseWith(this.#texts.text(key));
  }

  #refuseWith(sentence: string): void {
    this.#problem.textContent = sentence;
    this.#field.setAttribute("aria-invalid", "true");
    this.#field.focus();
    this.#field.select();
  }

  #clear(): void {
    this.#problem.textContent = "";
    this.#field.removeAttribute("aria-invalid");
  }

  #free(): void {
    this.#isSending = false;
    this.#submit.disabled = false;
    this.#submit.removeAttribute("aria-disabled");
  }

  #end(): void {
    const asked = this.#asked;
    this.#asked = undefined;
    this.#field.value = "";
    this.#reveal.hide();
    const opener = asked?.opener;
    (opener?.isConnected ? opener : this.#heading).focus();
  }
}
