// Whether one writes on the screen here: then a keyboard opens wherever a field has the focus.

/** A finger, or a pen that cannot hover. A machine without any pointer has a keyboard. */
const TOUCH = "(pointer: coarse), (pointer: fine) and (hover: none)";

/** Changes while the page is open: a tablet is put into its keyboard. */
export const touch: MediaQueryList = window.matchMedia(TOUCH);
