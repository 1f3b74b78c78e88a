// The create form and the password form: says what is wrong before they are sent, and sends them once. Without
// this script the server says it all.

import { takeInvitation } from "../invitation.ts";
import { isTooLong, problemWith, showProblem } from "./checks.ts";
import { reveal } from "./reveal.ts";
import { countTitle } from "./title-count.ts";

const form = document.querySelector<HTMLFormElement>("form.form");
if (form) {
  attend(form);
  void enterInvited(form);
  // A link that is opened over this very page only changes what is behind the #.
  addEventListener("hashchange", () => void enterInvited(form));
}

async function enterInvited(form: HTMLFormElement): Promise<void> {
  const invitation = takeInvitation();
  if (invitation === undefined) return;
  const { enterWith } = await import("./invited.ts");
  await enterWith(invitation, form);
}

function attend(form: HTMLFormElement): void {
  const fields = [...form.querySelectorAll("input")];
  const reveals = fields.flatMap((field) => {
    const button = form.querySelector<HTMLButtonElement>(`.reveal[aria-controls="${field.id}"]`);
    return button ? [reveal(button, field)] : [];
  });
  const title = fields.find((field) => field.name === "title");
  if (title) countTitle(title);
  // Ours say more than the browser's bubbles, and in the reader's language.
  form.noValidate = true;
  for (const field of fields) {
    field.addEventListener("input", () => {
      if (field.hasAttribute("aria-invalid")) showProblem(field, problemWith(field));
      else if (isTooLong(field)) showProblem(field, problemWith(field));
    });
  }
  form.addEventListener("submit", (event) => {
    for (const field of fields) showProblem(field, problemWith(field));
    const wrong = fields.find((field) => field.hasAttribute("aria-invalid"));
    if (!wrong) return;
    event.preventDefault();
    wrong.focus();
  });
  sendOnce(form, () => reveals.forEach(({ hide }) => hide()));
}

/** A second press while the first is under way does nothing. */
function sendOnce(form: HTMLFormElement, beforehand: () => void): void {
  const button = form.querySelector<HTMLButtonElement>("[type=submit]");
  const words = button?.textContent ?? "";
  let isSending = false;
  const show = (sending: boolean): void => {
    isSending = sending;
    button?.setAttribute("aria-disabled", String(sending));
    if (button) button.textContent = sending ? (form.dataset["sending"] ?? words) : words;
  };
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (isSending) {
      event.preventDefault();
      return;
    }
    beforehand();
    show(true);
  });
  // Back from the next page as this one was left.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) show(false);
  });
}
