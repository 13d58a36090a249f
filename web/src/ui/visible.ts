// SPDX-License-Identifier: MIT
import type { Attachment } from 'svelte/attachments';

/** Tells whether any of the element can be seen: scrolled away, in another tab or `display: none` it cannot. */
export function whenVisible(onchange: (visible: boolean) => void): Attachment<HTMLElement> {
  return (element) => {
    const observer = new IntersectionObserver((entries) => onchange(entries.at(-1)?.isIntersecting ?? false));
    observer.observe(element);
    return () => {
      observer.disconnect();
      onchange(false);
    };
  };
}
