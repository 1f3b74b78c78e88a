// Keeps the reader's place in a list whose end is its bottom. The list is a reversed column: its
// scroll position counts upwards from the end, so a reader at the end stays there by itself.

/** Nearer to the end than this, the list follows what is new. */
const FOLLOW_PX = 100;
/** Nearer to the beginning than this, older entries are fetched. */
const FETCH_PX = 600;

export function isAtEnd(scroller: HTMLElement): boolean {
  return -scroller.scrollTop <= FOLLOW_PX;
}

export function isNearBeginning(scroller: HTMLElement): boolean {
  return scroller.scrollHeight - scroller.clientHeight + scroller.scrollTop < FETCH_PX;
}

export function toEnd(scroller: HTMLElement): void {
  scroller.scrollTop = 0;
}

/** A line of the list and where it stands on the screen. */
export type Place = { seq: string; top: number };

/** The first line that the reader sees. */
export function placeOf(scroller: HTMLElement): Place | undefined {
  const { top } = scroller.getBoundingClientRect();
  for (const line of scroller.querySelectorAll<HTMLElement>("[data-seq]")) {
    const box = line.getBoundingClientRect();
    if (box.bottom > top) return { seq: line.dataset["seq"] ?? "", top: box.top };
  }
  return undefined;
}

/** Puts that line where it stood, whatever has come above or below it. */
export function returnTo(scroller: HTMLElement, place: Place): void {
  const line = scroller.querySelector(`[data-seq="${CSS.escape(place.seq)}"]`);
  if (line) scroller.scrollTop += line.getBoundingClientRect().top - place.top;
}
