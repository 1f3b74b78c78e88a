// A person's colour: shown as a mark always, and on text only where it can be read.

export type Theme = "light" | "dark";

/** What text stands on. The same values are in styles/tokens.css and in the server's colour rules. */
export const PAGE_BACKGROUND: Readonly<Record<Theme, string>> = {
  light: "#f7f9f7",
  dark: "#141a18",
};

/** WCAG 2.2, success criterion 1.4.3. */
const CONTRAST_MIN = 4.5;

const UNKNOWN_COLOUR = "#808080";

/** The colour itself, or grey for anything that is not `#rrggbb`. */
export function safeColour(colour: string): string {
  return /^#[0-9a-f]{6}$/i.test(colour) ? colour : UNKNOWN_COLOUR;
}

/** The contrast of two `#rrggbb` colours, from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [
    number,
    number,
  ];
  return (lighter + 0.05) / (darker + 0.05);
}

export function isReadable(colour: string, theme: Theme): boolean {
  return contrast(safeColour(colour), PAGE_BACKGROUND[theme]) >= CONTRAST_MIN;
}

/**
 * The CSS colour for a text on the page: the person's own in each theme where it can be read, else the
 * ordinary ink. Whoever changes the theme needs no script to be right.
 */
export function textColour(colour: string): string {
  const inTheme = (theme: Theme): string =>
    isReadable(colour, theme) ? safeColour(colour) : "var(--ink)";
  return `light-dark(${inTheme("light")}, ${inTheme("dark")})`;
}

function luminance(colour: string): number {
  const channel = (start: number): number => {
    const share = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}
