// SPDX-License-Identifier: MIT
/** What tells whether a page is whole is tried on pages that are not. */
import { expect, test } from '@playwright/test';
import { outOfReach } from '../reach.js';

for (const [what, style, lost] of [
  ['scrolls', 'height: 40px; overflow: auto', []],
  ['hides', 'height: 40px; overflow: hidden', ['P far below']],
  ['scrolls, squeezed to nothing,', 'height: 0; overflow: auto', ['P near', 'P far below']],
  ['scrolls sideways, squeezed to nothing,', 'width: 0; overflow: auto', ['P near', 'P far below']],
] as const)
  test(`what is in a box that ${what} is ${lost.length > 0 ? 'lost' : 'within reach'}`, async ({ page }) => {
    await page.setContent(
      `<style>p { width: max-content; margin: 0 0 900px }</style><div style="${style}"><p>near</p><p>far below</p></div>`,
    );
    expect(await page.evaluate(outOfReach)).toEqual(lost);
  });
