// Where the on-screen keyboard covers the page instead of shrinking it, the page shrinks itself, so
// that the composer stays above the keyboard.

export function followVisibleHeight(): void {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const root = document.documentElement;
  const follow = (): void => {
    // While zoomed in, the visible part is small on purpose.
    const covered = viewport.scale === 1 && viewport.height < window.innerHeight - 1;
    if (covered) root.style.setProperty("--visible-height", `${viewport.height}px`);
    else root.style.removeProperty("--visible-height");
    if (covered) window.scrollTo(0, 0);
  };
  viewport.addEventListener("resize", follow);
}
