// Counts the characters of a title when they come near the limit.

import { isNear, titleLength } from "./rules.ts";

/** So that a screen reader is told after the typing and not at every letter. */
const PAUSE_MS = 1_000;

export function countTitle(field: HTMLInputElement): void {
  const count = document.getElementById("title-count");
  const left = document.getElementById("title-left");
  if (!count || !left) return;
  const limit = Number(field.dataset["limit"]);
  let pause: ReturnType<typeof setTimeout> | undefined;
  const show = (): void => {
    const length = titleLength(field.value);
    const isShown = isNear(length, limit);
    count.textContent = isShown ? `${length} / ${limit}` : "";
    count.classList.toggle("is-over", length > limit);
    clearTimeout(pause);
    pause = setTimeout(() => {
      const words = length > limit ? left.dataset["over"] : left.dataset["left"];
      const number = String(Math.abs(limit - length));
      left.textContent = isShown ? (words ?? "").replace("{count}", number) : "";
    }, PAUSE_MS);
  };
  field.addEventListener("input", show);
  show();
}
