// SPDX-License-Identifier: MIT
/**
 * What the guide shows is in the hash of the address, so that it has a link, a way back, and no part in what the machine does:
 *   #/                                the plan
 *   #/1c                              a feature
 *   #/1c/patches                      its patches
 *   #/1c/patches/1c-1-x.patch         one of them; then, as far as wanted, /fs/proc/base.c and :120 of the file as it leaves it
 *   #/1c/test                         its tests
 *   #/1c/test/1c-proc.t:12            one of them, and a line of it
 *   #/matrix                          the tests of all ids on all machines
 *   #/lesson/1c-proc                  a lesson
 */

/** A place in a file: a line counts from 1; 0 is the hunk that leaves nothing. */
interface Place {
  readonly line?: number;
}

export type Route =
  | { readonly view: 'plan' }
  | { readonly view: 'matrix' }
  | { readonly view: 'feature'; readonly id: string }
  | { readonly view: 'patches'; readonly id: string }
  | ({ readonly view: 'patch'; readonly id: string; readonly patch: string; readonly file?: string } & Place)
  | { readonly view: 'tests'; readonly id: string }
  | ({ readonly view: 'test'; readonly id: string; readonly test: string } & Place)
  | { readonly view: 'lesson'; readonly slug: string }
  /** No address of the guide's; `hash` is what was asked for. */
  | { readonly view: 'unknown'; readonly hash: string };

const ID = /^\d[a-z]$/;

/** Reads a hash with its `#`. Whether what it names exists is not asked here. */
export function parseRoute(hash: string): Route {
  if (hash === '' || hash === '#' || hash === '#/') return { view: 'plan' };
  if (hash === '#/matrix') return { view: 'matrix' };
  const unknown: Route = { view: 'unknown', hash };
  const names = hash.startsWith('#/') ? decode(hash.slice(2)) : undefined;
  if (!names || names.includes('')) return unknown;
  const [first = '', second, third, ...rest] = names;
  if (first === 'lesson') return second && third === undefined ? { view: 'lesson', slug: second } : unknown;
  if (!ID.test(first)) return unknown;
  if (second === undefined) return { view: 'feature', id: first };
  if (second === 'patches') {
    if (third === undefined) return { view: 'patches', id: first };
    const { path, ...place } = rest.length > 0 ? splitLine(rest.join('/')) : { path: undefined };
    return {
      view: 'patch',
      id: first,
      patch: third,
      ...(path === undefined ? {} : { file: path, ...place }),
    };
  }
  if (second === 'test') {
    if (third === undefined) return { view: 'tests', id: first };
    const { path, ...place } = splitLine([third, ...rest].join('/'));
    return { view: 'test', id: first, test: path, ...place };
  }
  return unknown;
}

/** The hash that `parseRoute` reads as `route`. */
export function formatRoute(route: Route): string {
  switch (route.view) {
    case 'plan':
      return '#/';
    case 'matrix':
      return '#/matrix';
    case 'feature':
      return `#/${route.id}`;
    case 'patches':
      return `#/${route.id}/patches`;
    case 'patch': {
      const file = route.file === undefined ? '' : `/${encode(route.file)}${line(route)}`;
      return `#/${route.id}/patches/${encode(route.patch)}${file}`;
    }
    case 'tests':
      return `#/${route.id}/test`;
    case 'test':
      return `#/${route.id}/test/${encode(route.test)}${line(route)}`;
    case 'lesson':
      return `#/lesson/${encode(route.slug)}`;
    case 'unknown':
      return route.hash;
  }
}

/** Whether both show the same page, if perhaps another place of it. */
export function samePage(one: Route, other: Route): boolean {
  return formatRoute(page(one)) === formatRoute(page(other));
}

function page(route: Route): Route {
  if (route.view === 'patch') return { view: 'patch', id: route.id, patch: route.patch };
  if (route.view === 'test') return { view: 'test', id: route.id, test: route.test };
  return route;
}

function line(place: Place): string {
  return place.line === undefined ? '' : `:${place.line}`;
}

function splitLine(text: string): { path: string } & Place {
  const found = /^(.+):(\d+)$/.exec(text);
  return found ? { path: found[1]!, line: Number(found[2]) } : { path: text };
}

/** A slash stays one, so that the path of a file can be read in the address. */
function encode(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function decode(path: string): string[] | undefined {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    return undefined; // a lone %
  }
}
