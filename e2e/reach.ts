// SPDX-License-Identifier: MIT
/** What of a page nobody can bring into view. */

/**
 * Runs in the page: names each text and control that is seen only in part, or not at all, however anything is scrolled. What
 * ends in an ellipsis says so itself, and the rows of a terminal are the guest's.
 */
export function outOfReach(): string[] {
  const isClipped = (style: CSSStyleDeclaration) => style.clipPath !== 'none' || style.clip !== 'auto';
  const LINE = 24;
  const lost: string[] = [];
  for (const element of document.body.querySelectorAll<HTMLElement>('*')) {
    const says = [...element.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.nodeValue?.trim(),
    );
    if (!says && !element.matches('button, input, select, textarea, a')) continue;
    if (element.closest('.xterm') || !element.checkVisibility({ visibilityProperty: true })) continue;
    const { width, height } = element.getBoundingClientRect();
    let { left, right, top, bottom } = element.getBoundingClientRect();
    let reached = true;
    for (let around: HTMLElement | null = element; around; around = around.parentElement) {
      const style = getComputedStyle(around);
      if (isClipped(style) || style.textOverflow === 'ellipsis') {
        reached = true;
        [left, right, top, bottom] = [0, 0, 0, 0];
        break;
      }
      if (around === element) continue;
      const box = around.getBoundingClientRect();
      // What scrolls brings all of it into its own box, if that is large enough for a line; what hides shows only what is there.
      if (/auto|scroll/.test(style.overflowX)) {
        reached &&= around.clientWidth >= Math.min(LINE, width) - 1;
        [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
      } else if (style.overflowX !== 'visible') reached &&= left >= box.left - 1 && right <= box.right + 1;
      if (/auto|scroll/.test(style.overflowY)) {
        reached &&= around.clientHeight >= Math.min(LINE, height) - 1;
        [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
      } else if (style.overflowY !== 'visible') reached &&= top >= box.top - 1 && bottom <= box.bottom + 1;
      if (left > right) [left, right] = [box.left, box.left];
      if (top > bottom) [top, bottom] = [box.top, box.top];
    }
    reached &&= left >= -1 && right <= innerWidth + 1 && top >= -1 && bottom <= innerHeight + 1;
    if (!reached)
      lost.push(`${element.tagName} ${(element.textContent || element.ariaLabel || '').trim().slice(0, 60)}`);
  }
  return lost;
}
