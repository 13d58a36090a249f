// SPDX-License-Identifier: MIT
/** What is dragged by the pointer: from the button down on it until the button is up, wherever the pointer goes meanwhile. */

/** At `pointerdown`. */
export function beginDrag(event: PointerEvent): void {
  (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
  // Nothing is selected on the way.
  event.preventDefault();
}

/** At `pointermove`: where the element's parent is while it is dragged, in pixels of the window. */
export function dragArea(event: PointerEvent): DOMRect | undefined {
  const element = event.currentTarget as HTMLElement;
  return element.hasPointerCapture(event.pointerId)
    ? element.parentElement?.getBoundingClientRect()
    : undefined;
}
