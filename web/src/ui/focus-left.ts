// SPDX-License-Identifier: MIT
/** For what closes when the focus has gone elsewhere. */

/** Whether it has, at a `focusout`. Who goes to another window comes back to the same place. */
export function focusLeft(element: HTMLElement, event: FocusEvent): boolean {
  return document.hasFocus() && !element.contains(event.relatedTarget as Node | null);
}
