// Judges the fields of a form by the limits that the server wrote beside them, in the server's sentences.

import { byteLength, isSeatCount, titleLength } from "./rules.ts";

/** What is wrong with a field, as a sentence; nothing when it is right. */
export function problemWith(field: HTMLInputElement): string {
  const { empty = "", tooLong = "", outOfRange = "" } = field.dataset;
  switch (field.name) {
    case "title":
      if (titleLength(field.value) === 0) return empty;
      return isTooLong(field) ? tooLong : "";
    case "max":
      return isSeatCount(field.value, Number(field.min), Number(field.max)) ? "" : outOfRange;
    default:
      if (field.required && field.value === "") return empty;
      return isTooLong(field) ? tooLong : "";
  }
}

/** Whether a field has too much already, which more typing does not mend. */
export function isTooLong(field: HTMLInputElement): boolean {
  const { limit } = field.dataset;
  if (limit === undefined) return false;
  const length = field.name === "title" ? titleLength(field.value) : byteLength(field.value);
  return length > Number(limit);
}

/** Shows a sentence beside its field, or takes it away. */
export function showProblem(field: HTMLInputElement, sentence: string): void {
  const place = document.getElementById(`${field.id}-error`);
  if (place) place.textContent = sentence;
  if (sentence === "") field.removeAttribute("aria-invalid");
  else field.setAttribute("aria-invalid", "true");
}
