// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { linkTarget } from './terminal-target.js';

test.each([
  ['https://a.example/x', 'https://a.example/x'],
  ['https://a.example', 'https://a.example'],
  ['https://a.example/', ' https://a.example '],
])('%s, shown as %s, has been told', (target, shown) => {
  expect(linkTarget(target, shown)).toEqual({ href: new URL(target).href, told: true });
});

test.each([
  ['https://evil.example/', 'https://good.example/', 'https://evil.example/'],
  ['https://evil.example/', 'click', 'https://evil.example/'],
  // A Cyrillic a: what is shown is the same, the host is not.
  ['https://аpple.example/', 'https://аpple.example/', 'https://xn--pple-43d.example/'],
  ['https://a.example/\u202Egpj', 'https://a.example/\u202Egpj', 'https://a.example/%E2%80%AEgpj'],
])('%s, shown as %s, is asked for', (target, shown, href) => {
  expect(linkTarget(target, shown)).toEqual({ href, told: false });
});

test.each([
  ['javascript:alert(1)', /not one of the web/],
  [' JavaScript:alert(1)', /not one of the web/],
  ['java\nscript:alert(1)', /not one of the web/],
  ['data:text/html,<script>1</script>', /not one of the web/],
  ['blob:https://a.example/1', /not one of the web/],
  ['file:///etc/passwd', /not one of the web/],
  ['/relative', /not one of the web/],
  ['', /not one of the web/],
  ['https://good.example@evil.example/', /name of a user/],
  [`https://a.example/${'x'.repeat(2048)}`, /longer than 2048/],
])('%s is not opened', (target, why) => {
  expect(linkTarget(target, target)).toEqual({ refused: expect.stringMatching(why) as string });
});
