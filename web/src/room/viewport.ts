// Where the on-screen keyboard covers the page instead of shrinking it, the page shrinks itself, so
// that the composer stays above the keyboard.

type Visible = EventTarget & Pick<VisualViewport, "height" | "scale" | "offsetTop">;
type View = Pick<Window, "innerHeight" | "scrollTo"> & { visualViewport: Visible | null };
type Style = Pick<CSSStyleDeclaration, "setProperty" | "removeProperty">;

export function followVisibleHeight(
  view: View = window,
  style: Style = document.documentElement.style,
): void {
  const visible = view.visualViewport;
  if (!visible) return;
  // While zoomed in, the visible part is small on purpose.
  const isCovered = (): boolean =>
    Math.abs(visible.scale - 1) < 0.01 && visible.height < view.innerHeight - 1;
  visible.addEventListener("resize", () => {
    if (isCovered()) style.setProperty("--visible-height", `${visible.height}px`);
    else style.removeProperty("--visible-height");
    if (isCovered()) view.scrollTo(0, 0);
  });
  // Some phones push the page up to show the field that has the focus; it is in sight already.
  visible.addEventListener("scroll", () => {
    if (isCovered() && visible.offsetTop > 0) view.scrollTo(0, 0);
  });
}
