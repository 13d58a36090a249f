// SPDX-License-Identifier: MIT
/**
 * What the guide shows is in the hash of the address, so that it has a link, a way back, and no part in what the machine does:
 *   #/                                the plan
 *   #/1c                              a feature
 *   #/1c/patches                      its patches
 *   #/1c/patches/1c-1-x.patch         one of them; then, as far as wanted, /fs/proc/base.c and a place in what it does to that:
 *     ...:proc_pid_vinfo()              a name that a hunk is about, which holds when lines move (patch-place.ts finds it),
 *     ...:120                           or a line of the file as the patch leaves it
 *   #/1c/test                         its tests
 *   #/1c/test/1c-proc.t:12            one of them, and a line of it
 *   #/matrix                          the tests of all ids on all machines
 *   #/lesson/1c-proc                  a lesson
 */

/** A place in a file: a line counts from 1; 0 is the hunk that leaves nothing. */
interface Place {
  readonly line?: number;
}

/** A patch; the place in it has a name or a line, and both only with a file. */
export interface PatchRoute extends Place {
  readonly view: 'patch';
  readonly id: string;
  readonly patch: string;
  readonly file?: string;
  readonly name?: string;
}

export type Route =
  | { readonly view: 'plan' }
  | { readonly view: 'matrix' }
  | { readonly view: 'feature'; readonly id: string }
  | { readonly view: 'patches'; readonly id: string }
  | PatchRoute
  | { readonly view: 'tests'; readonly id: string }
  | ({ readonly view: 'test'; readonly id: string; readonly test: string } & Place)
  | { readonly view: 'lesson'; readonly slug: string }
  /** No address of the guide's; `hash` is what was asked for. */
  | { readonly view: 'unknown'; readonly hash: string };

const ID = /^\d[a-z]$/;

/** Reads a hash with its `#`. Whether what it names exists is not asked here. */
export function parseRoute(hash: string): Route {
  if (hash === '' || hash === '#' || hash === '#/') return { view: 'plan' };
  // The first colon is the one before a place: those of names are encoded.
  const [, path, place] = /^#\/([^:]+)(?::(.+))?$/.exec(hash) ?? [];
  const route = path === undefined ? undefined : readPath(path);
  const whole = route && place !== undefined ? withPlace(route, place) : route;
  return whole ?? { view: 'unknown', hash };
}

function readPath(path: string): Route | undefined {
  const names = path.split('/').map(decode);
  if (!names.every((name) => name !== undefined && name !== '')) return undefined;
  const [first = '', second, third, ...rest] = names as string[];
  if (first === 'matrix') return second === undefined ? { view: 'matrix' } : undefined;
  if (first === 'lesson')
    return second !== undefined && third === undefined ? { view: 'lesson', slug: second } : undefined;
  if (!ID.test(first)) return undefined;
  const id = first;
  if (second === undefined) return { view: 'feature', id };
  if (second === 'patches') {
    if (third === undefined) return { view: 'patches', id };
    return { view: 'patch', id, patch: third, ...(rest.length > 0 && { file: rest.join('/') }) };
  }
  if (second === 'test') {
    if (third === undefined) return { view: 'tests', id };
    return { view: 'test', id, test: [third, ...rest].join('/') };
  }
  return undefined;
}

/** Undefined: it is none of a page like this. */
function withPlace(route: Route, place: string): Route | undefined {
  const line = /^\d+$/.test(place) ? Number(place) : undefined;
  const name = decode(place);
  if (route.view === 'test' && line !== undefined) return { ...route, line };
  if (route.view !== 'patch' || route.file === undefined || name === undefined) return undefined;
  return line === undefined ? { ...route, name } : { ...route, line };
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
      const file = route.file === undefined ? '' : `/${encode(route.file)}${name(route)}${line(route)}`;
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
  return pageAddress(one) === pageAddress(other);
}

/** The address of the page that it shows, without the place in it. */
export function pageAddress(route: Route): string {
  return formatRoute(page(route));
}

function page(route: Route): Route {
  if (route.view === 'patch') return { view: 'patch', id: route.id, patch: route.patch };
  if (route.view === 'test') return { view: 'test', id: route.id, test: route.test };
  return route;
}

function line(place: Place): string {
  return place.line === undefined ? '' : `:${place.line}`;
}

function name(route: PatchRoute): string {
  return route.name === undefined ? '' : `:${encodeURIComponent(route.name)}`;
}

/** A slash stays one, so that the path of a file can be read in the address. */
function encode(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function decode(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined; // a lone %
  }
}
