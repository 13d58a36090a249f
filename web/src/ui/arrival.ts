// SPDX-License-Identifier: MIT
/** Where the reader is when the address has changed. */

/**
 * Gives `element` the focus, unless the reader is at work elsewhere: the link that was followed is gone with its page, and the
 * focus with it. A screen reader reads on from there.
 */
export function takeFocus(element: HTMLElement): void {
  const { activeElement } = document;
  if (activeElement === document.body || activeElement?.closest('.guide'))
    element.focus({ preventScroll: true });
}

/** Brings `element` into view as the place that the address names. */
export function reveal(element: HTMLElement): void {
  element.scrollIntoView({ block: 'start' });
}

/** Leads whoever comes back from `address` to the link that was followed there; false: `page` has none. */
export function comeBack(page: HTMLElement, address: string): boolean {
  const followed = [...page.querySelectorAll('a')].find((link) => link.getAttribute('href') === address);
  if (!followed) return false;
  followed.scrollIntoView({ block: 'center' });
  takeFocus(followed);
  return true;
}
