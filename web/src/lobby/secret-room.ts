// Which press asks for the password of a secret room.

/** The press that shall open the dialog: on a secret room that the visitor may enter, but has not yet. */
export function secretRoomOf(event: MouseEvent): { line: HTMLElement; link: HTMLElement } | undefined {
  const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  const pressed = event.target instanceof Element ? event.target : null;
  const link = pressed?.closest<HTMLElement>('[data-slot="enter"]');
  const line = link?.closest<HTMLElement>("tr[data-secret]:not([data-standing], .is-full)");
  return isPlain && link && line ? { line, link } : undefined;
}
