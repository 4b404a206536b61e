/** How a grid of equal tiles is laid out, in pixels; nothing is known of it before it was drawn once. */
export interface Layout {
  readonly columns: number;
  /** Of a row with the gap below it. */
  readonly rowHeight: number;
}

/** The tiles that are drawn, and the room that those before and after them take. */
export interface Shown {
  readonly from: number;
  readonly to: number;
  readonly before: number;
  readonly after: number;
}

const ROWS_BEYOND = 4;
/** Rows of one tile are low: so many come and go together, and most frames change nothing. */
const LOW_ROWS = 16;
/** Drawn before the layout is known. */
const FIRST = 60;

/** Which of `count` tiles are in sight of a window that begins `top` pixels below the grid's beginning, and a few rows beyond. */
export function shownOf(
  count: number,
  layout: Layout | null,
  top: number,
  height: number,
): Shown {
  if (!layout || !layout.rowHeight || !height)
    return { from: 0, to: Math.min(count, FIRST), before: 0, after: 0 };
  const { columns, rowHeight } = layout;
  const rows = Math.ceil(count / columns);
  const limit = (row: number) => Math.max(0, Math.min(rows, row));
  // Beyond the end, as when most of a list has gone, its last rows are shown.
  const step = columns === 1 ? LOW_ROWS : 1;
  const above = Math.min(Math.floor(top / rowHeight), rows - 1) - ROWS_BEYOND;
  const below = Math.ceil((top + height) / rowHeight) + ROWS_BEYOND;
  const first = limit(Math.floor(above / step) * step);
  const last = Math.max(first, limit(Math.ceil(below / step) * step));
  return {
    from: first * columns,
    to: Math.min(count, last * columns),
    before: first * rowHeight,
    after: (rows - last) * rowHeight,
  };
}

/** Measure a table's body by its first row. */
export function layoutOfRows(body: HTMLElement): Layout | null {
  const height = body.querySelector("tr.item")?.getBoundingClientRect().height;
  return height ? { columns: 1, rowHeight: height } : null;
}

/** Measure a grid by its first tile. */
export function layoutOf(grid: HTMLElement): Layout | null {
  const tile = grid.firstElementChild;
  if (!tile) return null;
  const style = getComputedStyle(grid);
  const height = tile.getBoundingClientRect().height;
  const columns = style.gridTemplateColumns.split(" ").filter((each) => each.endsWith("px")).length;
  return height && columns
    ? { columns, rowHeight: height + (parseFloat(style.rowGap) || 0) }
    : null;
}
