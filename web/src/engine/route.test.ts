// SPDX-License-Identifier: MIT
import { describe, expect, test } from 'vitest';
import { formatRoute, parseRoute, samePage, type Route } from './route.js';

const PATCH = '1a-1-add-contexts-as-counted-objects.patch';
const ROUTES: [string, Route][] = [
  ['#/', { view: 'plan' }],
  ['#/1c', { view: 'feature', id: '1c' }],
  ['#/1c/patches', { view: 'patches', id: '1c' }],
  [`#/1a/patches/${PATCH}`, { view: 'patch', id: '1a', patch: PATCH }],
  [
    `#/1a/patches/${PATCH}/include/linux/vserver.h`,
    { view: 'patch', id: '1a', patch: PATCH, file: 'include/linux/vserver.h' },
  ],
  [
    `#/1a/patches/${PATCH}/include/linux/vserver.h:120`,
    { view: 'patch', id: '1a', patch: PATCH, file: 'include/linux/vserver.h', line: 120 },
  ],
  [
    `#/1a/patches/${PATCH}/include/linux/vserver.h:get_vx_info()`,
    { view: 'patch', id: '1a', patch: PATCH, file: 'include/linux/vserver.h', name: 'get_vx_info()' },
  ],
  [
    `#/1a/patches/${PATCH}/include/linux/vserver.h:struct%20vx_info`,
    { view: 'patch', id: '1a', patch: PATCH, file: 'include/linux/vserver.h', name: 'struct vx_info' },
  ],
  ['#/1b/test', { view: 'tests', id: '1b' }],
  ['#/1b/test/1b-syscall.t', { view: 'test', id: '1b', test: '1b-syscall.t' }],
  [
    '#/1b/test/debug/1b-syscall-memory.t:7',
    { view: 'test', id: '1b', test: 'debug/1b-syscall-memory.t', line: 7 },
  ],
  ['#/matrix', { view: 'matrix' }],
  ['#/lesson/1c-proc', { view: 'lesson', slug: '1c-proc' }],
];

describe('every kind of route', () => {
  test.each(ROUTES)('%s is read and written', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
    expect(formatRoute(route)).toBe(hash);
  });
});

test.each(['', '#'])('without a path it is the plan: "%s"', (hash) => {
  expect(parseRoute(hash)).toEqual({ view: 'plan' });
});

test.each([
  '#1c',
  '#/nowhere',
  '#/1C',
  '#/1c/',
  '#//',
  '#/1c/other',
  '#/matrix/1c',
  '#/lesson',
  '#/lesson/',
  '#/lesson/a/b',
  '#/1c/patches/%',
  '#/1c/patches/a.patch/b.c:%',
  '#/1c/patches/a.patch/b.c:',
  '#/1c/patches/a.patch:name',
  '#/1c/test/a.t:name',
  '#/1c:12',
  '#/1c/patches//a',
])('what is no address of the guide is kept as it was asked for: %s', (hash) => {
  const route = parseRoute(hash);
  expect(route).toEqual({ view: 'unknown', hash });
  expect(formatRoute(route)).toBe(hash);
});

test('a name with signs of its own survives', () => {
  const route: Route = { view: 'patch', id: '1a', patch: 'a b#c.patch', file: 'd/e?f:g.h', line: 3 };
  expect(parseRoute(formatRoute(route))).toEqual(route);
  const named: Route = { view: 'patch', id: '1a', patch: 'a', file: 'b:c', name: 'if (a/b == 100 % :d) {' };
  expect(parseRoute(formatRoute(named))).toEqual(named);
});

test('a place is on the page that it is a place of', () => {
  const [page, place] = [parseRoute(`#/1a/patches/${PATCH}`), parseRoute(`#/1a/patches/${PATCH}/a.h:1`)];
  expect(samePage(page, place)).toBe(true);
  expect(samePage(page, parseRoute(`#/1a/patches/${PATCH}/a.h:name`))).toBe(true);
  expect(samePage(page, parseRoute('#/1a/patches'))).toBe(false);
  expect(samePage(parseRoute('#/1b/test/1b-syscall.t:1'), parseRoute('#/1b/test/1b-syscall.t'))).toBe(true);
});
