// SPDX-License-Identifier: MIT
/**
 * What makes an element the bar between two parts of an area, moved by the pointer and by keys:
 * https://www.w3.org/WAI/ARIA/apg/patterns/windowsplitter/
 */
import type { HTMLAttributes } from 'svelte/elements';

export interface Separator {
  readonly label: string;
  /** Whether the parts are side by side. */
  readonly upright: boolean;
  /** The size of one of the parts, in whatever unit, and its bounds. */
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** By which an arrow changes it. */
  readonly step: number;
  /** Whether the value is of the part to the right or below: it is less the further the bar goes there. */
  readonly ofSecond?: boolean;
  /** What it is with the bar under the pointer; `area` is where the bar's parent is, in pixels of the window. */
  readonly valueAt: (pointer: PointerEvent, area: DOMRect) => number;
  /** Hears a whole number between the bounds. */
  readonly onvalue: (value: number) => void;
}

/** Attributes for an element whose parent is the area. */
export function separator(one: Separator) {
  const { label, upright, value, min, max, step, ofSecond = false } = one;
  const set = (next: number): void => one.onvalue(Math.round(Math.min(max, Math.max(min, next))));
  const [forward, back] = upright ? ['ArrowRight', 'ArrowLeft'] : ['ArrowDown', 'ArrowUp'];
  const way = ofSecond ? -step : step;
  const byKey: Readonly<Record<string, number>> = {
    [forward]: value + way,
    [back]: value - way,
    Home: ofSecond ? max : min,
    End: ofSecond ? min : max,
  };
  return {
    role: 'separator',
    tabindex: 0,
    'aria-orientation': upright ? 'vertical' : 'horizontal',
    'aria-label': label,
    'aria-valuenow': value,
    'aria-valuemin': min,
    'aria-valuemax': max,
    onkeydown(event: KeyboardEvent): void {
      // With another key they are the browser's: Alt and an arrow go back.
      const next = event.altKey || event.ctrlKey || event.metaKey ? undefined : byKey[event.key];
      if (next === undefined) return;
      event.preventDefault();
      set(next);
    },
    // From the button down on it until the button is up, wherever the pointer goes meanwhile.
    onpointerdown(event: PointerEvent): void {
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      // Nothing is selected on the way.
      event.preventDefault();
    },
    onpointermove(event: PointerEvent): void {
      const bar = event.currentTarget as HTMLElement;
      const area = bar.hasPointerCapture(event.pointerId)
        ? bar.parentElement?.getBoundingClientRect()
        : undefined;
      if (area) set(one.valueAt(event, area));
    },
  } as const satisfies HTMLAttributes<HTMLElement>;
}
