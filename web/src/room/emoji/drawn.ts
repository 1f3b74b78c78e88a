// What the system's font has. A newer emoji would be an empty box, a joined one several pictures in a row.

export type Drawn = {
  /** The newest version of Unicode's list that is drawn. */
  version: number;
  flags: boolean;
  pen: CanvasRenderingContext2D | undefined;
  /** How wide one picture is. */
  width: number;
};

/** One emoji that came with each version, the newest first. */
const SAMPLES: readonly (readonly [number, string])[] = [
  [17, "🫪"],
  [16, "🫩"],
  [15, "🫨"],
  [14, "🫠"],
  [13, "🥲"],
  [12, "🥱"],
  [11, "🥰"],
];
const OLDEST_SAMPLE = 10;
const ALWAYS_THERE = "😀";
const FLAG = "🇰🇷";
const SIZE = 24;
/** Side by side two pictures are wider than this share of them. */
const ONE_GLYPH_MAX = 1.6;

export function newestDrawn(): Drawn {
  const pen = penHere();
  // A browser that keeps its canvas to itself cannot be asked: then everything is offered.
  if (!pen || !isPicture(pen, ALWAYS_THERE)) {
    return { version: Infinity, flags: true, pen: undefined, width: 0 };
  }
  const [sample] = SAMPLES.find(([, emoji]) => isPicture(pen, emoji)) ?? [OLDEST_SAMPLE];
  // A version between two samples is taken with the older one.
  const version = sample === SAMPLES[0]?.[0] ? sample : sample + 0.9;
  const { width } = pen.measureText(ALWAYS_THERE);
  return { version, flags: isPicture(pen, FLAG), pen, width };
}

export function isOneGlyph(emoji: string, { pen, width }: Drawn): boolean {
  return !pen || pen.measureText(emoji).width < width * ONE_GLYPH_MAX;
}

function penHere(): CanvasRenderingContext2D | undefined {
  const canvas = document.createElement("canvas");
  canvas.width = SIZE;
  canvas.height = SIZE;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) return undefined;
  // As the style sheet has it: another font may have the same sign in black and white.
  const family = getComputedStyle(document.documentElement).getPropertyValue("--font-emoji");
  pen.font = `${SIZE * 0.75}px ${family}`;
  pen.textBaseline = "top";
  return pen;
}

/** A picture has its own colours; a letter or an empty box takes the pen's. */
function isPicture(pen: CanvasRenderingContext2D, emoji: string): boolean {
  const [black, red] = ["#000", "#f00"].map((colour) => {
    pen.clearRect(0, 0, SIZE, SIZE);
    pen.fillStyle = colour;
    pen.fillText(emoji, 0, 2);
    return pen.getImageData(0, 0, SIZE, SIZE).data.join();
  });
  return black === red && /[1-9]/.test(black ?? "");
}
