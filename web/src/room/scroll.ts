// Keeps the reader's place in a list whose end is its bottom. The list is a reversed column: its
// scroll position counts upwards from the end, so a reader at the end stays there by itself.

/** Nearer to the end than this, the list follows what is new. */
const FOLLOW_PX = 100;
/** Nearer to the beginning than this, older entries are fetched. */
const FETCH_PX = 600;

/** Nearer to the end of what is on the page than this, what is behind it is drawn. */
const DRAW_PX = 600;

export function isAtEnd(scroller: HTMLElement): boolean {
  return -scroller.scrollTop <= FOLLOW_PX;
}

export function isNearEnd(scroller: HTMLElement): boolean {
  return -scroller.scrollTop < DRAW_PX;
}

export function isNearBeginning(scroller: HTMLElement): boolean {
  return scroller.scrollHeight - scroller.clientHeight + scroller.scrollTop < FETCH_PX;
}

export function toEnd(scroller: HTMLElement): void {
  scroller.scrollTop = 0;
}

/** Lines of the list and where they stand on the screen, from the top. */
export type Place = readonly { seq: string; top: number }[];

/** Some lines may be gone, or folded into others, when the place is looked for again. */
const LINES_REMEMBERED = 12;

/** The first lines that the reader sees. */
export function placeOf(scroller: HTMLElement): Place {
  const { top, bottom } = scroller.getBoundingClientRect();
  const place: { seq: string; top: number }[] = [];
  for (const line of scroller.querySelectorAll<HTMLElement>("[data-seq]")) {
    const box = line.getBoundingClientRect();
    if (box.top > bottom || place.length === LINES_REMEMBERED) break;
    if (box.bottom > top) place.push({ seq: line.dataset["seq"] ?? "", top: box.top });
  }
  return place;
}

/** Puts the first of those lines where it stood, whatever has come above or below it. */
export function returnTo(scroller: HTMLElement, place: Place): void {
  for (const { seq, top } of place) {
    const line = scroller.querySelector(`[data-seq="${CSS.escape(seq)}"]`);
    if (!line) continue;
    scroller.scrollTop += line.getBoundingClientRect().top - top;
    return;
  }
}
