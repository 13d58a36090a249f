// SPDX-License-Identifier: MIT
/**
 * How panes share an area: a tree whose leaves are panes, each other node two parts side by side or one above the other. It is
 * only ever replaced, never changed.
 */
export type Direction = 'right' | 'below';

export interface Split {
  readonly id: number;
  /** Where the second part lies, seen from the first. */
  readonly direction: Direction;
  /** Of the first part, in percent. */
  readonly share: number;
  readonly first: Layout;
  readonly second: Layout;
}
export type Layout = { readonly pane: number } | Split;

/** In percent of the whole area. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}
export interface Placement {
  readonly panes: ReadonlyMap<number, Rectangle>;
  /** `area` is what the two parts share. */
  readonly bars: readonly { readonly split: Split; readonly area: Rectangle }[];
}

/** The least that a part keeps of what it shares, in percent. */
export const LEAST_SHARE = 15;

/** Gives half of `pane` to `added`; `id` is the new split's. */
export function split(layout: Layout, pane: number, direction: Direction, added: number, id: number): Layout {
  if (!('pane' in layout)) return replaceParts(layout, (part) => split(part, pane, direction, added, id));
  if (layout.pane !== pane) return layout;
  return { id, direction, share: 50, first: layout, second: { pane: added } };
}

/** Without `pane`, whose place goes to what it shared with. The last one stays. */
export function remove(layout: Layout, pane: number): Layout {
  if ('pane' in layout) return layout;
  if (isPane(layout.first, pane)) return layout.second;
  if (isPane(layout.second, pane)) return layout.first;
  return replaceParts(layout, (part) => remove(part, pane));
}

/** Moves the bar of split `id`. */
export function share(layout: Layout, id: number, percent: number): Layout {
  if ('pane' in layout) return layout;
  if (layout.id !== id) return replaceParts(layout, (part) => share(part, id, percent));
  return { ...layout, share: Math.min(100 - LEAST_SHARE, Math.max(LEAST_SHARE, Math.round(percent))) };
}

/** The panes in the order in which they are read. */
export function panes(layout: Layout): number[] {
  return 'pane' in layout ? [layout.pane] : [...panes(layout.first), ...panes(layout.second)];
}

/** Where everything lies. */
export function place(layout: Layout): Placement {
  const found = new Map<number, Rectangle>();
  const bars: Placement['bars'][number][] = [];
  const visit = (node: Layout, area: Rectangle): void => {
    if ('pane' in node) return void found.set(node.pane, area);
    bars.push({ split: node, area });
    const [first, second] = divide(area, node);
    visit(node.first, first);
    visit(node.second, second);
  };
  visit(layout, { left: 0, top: 0, width: 100, height: 100 });
  return { panes: found, bars };
}

function divide(area: Rectangle, { direction, share: percent }: Split): [Rectangle, Rectangle] {
  const { left, top, width, height } = area;
  const [across, down] = [(width * percent) / 100, (height * percent) / 100];
  if (direction === 'right')
    return [
      { ...area, width: across },
      { ...area, left: left + across, width: width - across },
    ];
  return [
    { ...area, height: down },
    { ...area, top: top + down, height: height - down },
  ];
}

function replaceParts(node: Split, change: (part: Layout) => Layout): Split {
  const [first, second] = [change(node.first), change(node.second)];
  return first === node.first && second === node.second ? node : { ...node, first, second };
}

function isPane(layout: Layout, pane: number): boolean {
  return 'pane' in layout && layout.pane === pane;
}
