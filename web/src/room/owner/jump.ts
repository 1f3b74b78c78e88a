// Brings a message before the reader's eyes.

/** The line of a message, while it is on the page. */
export function lineOf(seq: number): HTMLElement | null {
  return document.querySelector<HTMLElement>(`#messages li[data-seq="${seq}"]`);
}

export function showMessage(seq: number): void {
  const line = lineOf(seq);
  if (!line) return;
  line.scrollIntoView({ block: "center" });
  line.tabIndex = -1;
  line.focus({ preventScroll: true });
}
