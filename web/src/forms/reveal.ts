// The button beside a password field that shows what is typed there.

export type Reveal = {
  /** Hides it again, as before it is sent: a browser shall not take it for ordinary text. */
  hide: () => void;
};

export function reveal(button: HTMLButtonElement, field: HTMLInputElement): Reveal {
  const show = (shown: boolean): void => {
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };
  // The field keeps the focus, and a phone its keyboard.
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", () => show(field.type === "password"));
  button.hidden = false;
  return { hide: () => show(false) };
}
