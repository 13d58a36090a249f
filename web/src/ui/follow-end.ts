// SPDX-License-Identifier: MIT
import type { Attachment } from 'svelte/attachments';

/** Keeps the end of what grows in view, as long as the reader has not scrolled away from it. */
export const followEnd: Attachment<HTMLElement> = (element) => {
  let follows = true;
  let last = 0;
  const follow = () => {
    if (follows) element.scrollTop = element.scrollHeight;
  };
  const onscroll = () => {
    const { scrollTop, clientHeight, scrollHeight } = element;
    const atEnd = scrollTop + clientHeight >= scrollHeight - 8;
    // Only a reader goes back. Short of the end without that, rows have turned out higher than they were taken for.
    follows = atEnd || (follows && scrollTop >= last);
    last = scrollTop;
    if (!atEnd) follow();
  };
  const observer = new MutationObserver(follow);
  const resized = new ResizeObserver(follow);
  observer.observe(element, { childList: true, subtree: true });
  resized.observe(element);
  element.addEventListener('scroll', onscroll, { passive: true });
  return () => {
    observer.disconnect();
    resized.disconnect();
    element.removeEventListener('scroll', onscroll);
  };
};
