// SPDX-License-Identifier: MIT
import type { Attachment } from 'svelte/attachments';

/** Keeps the end of what grows in view, as long as the reader has not scrolled away from it. */
export const followEnd: Attachment<HTMLElement> = (element) => {
  let atEnd = true;
  const onscroll = () => (atEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - 8);
  const follow = () => {
    if (atEnd) element.scrollTop = element.scrollHeight;
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
