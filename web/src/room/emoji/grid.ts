// Where an arrow leads in groups of cells that stand below each other, each in rows of `columns`.

/** The cell that the key leads to; -1 is above the first row; nothing when the key means nothing here. */
export function leadsTo(
  key: string,
  at: number,
  sizes: readonly number[],
  columns: number,
): number | undefined {
  const last = sizes.reduce((sum, size) => sum + size, 0) - 1;
  if (key === "ArrowRight") return Math.min(at + 1, last);
  if (key === "ArrowLeft") return Math.max(at - 1, 0);
  if (key === "Home") return 0;
  if (key === "End") return last;
  if (key === "ArrowDown") return below(at, sizes, columns);
  if (key === "ArrowUp") return above(at, sizes, columns);
  return undefined;
}

/** The group of a cell, where it begins, and the cell's place in it. */
function groupOf(at: number, sizes: readonly number[]) {
  let [group, start] = [0, 0];
  while (group < sizes.length - 1 && at >= start + (sizes[group] ?? 0)) {
    start += sizes[group] ?? 0;
    group += 1;
  }
  return { group, start, place: at - start, size: sizes[group] ?? 0 };
}

function below(at: number, sizes: readonly number[], columns: number): number {
  const { group, start, place, size } = groupOf(at, sizes);
  const last = size - 1;
  if (place + columns <= last) return at + columns;
  // The last row may be shorter than this one.
  if (rowOf(place, columns) < rowOf(last, columns)) return start + last;
  const next = sizes[group + 1];
  if (next === undefined) return at;
  return start + size + Math.min(place % columns, next - 1);
}

function above(at: number, sizes: readonly number[], columns: number): number {
  const { group, start, place } = groupOf(at, sizes);
  if (place >= columns) return at - columns;
  const previous = sizes[group - 1];
  if (previous === undefined) return -1;
  const last = previous - 1;
  const inItsLastRow = rowOf(last, columns) * columns + (place % columns);
  return start - previous + Math.min(inItsLastRow, last);
}

function rowOf(place: number, columns: number): number {
  return Math.floor(place / columns);
}
