// SPDX-License-Identifier: MIT
/** What the guide shows: the page that the address names, the search, and the patch or test that is read. */
import { messageOf } from '../engine/message-of.js';
import type { Token } from '../engine/code.js';
import type { PatchPlace } from '../engine/patch-place.js';
import type { PatchPage } from '../engine/patch.js';
import { countFound, entryOf, searchPlan, type Plan } from '../engine/plan.js';
import { formatRoute, parseRoute, samePage, type PatchRoute, type Route } from '../engine/route.js';
import { readPatchPage, readTestPage } from './guide-files.js';

/** Something that comes from the server when it is asked for. */
export type Coming<T> =
  | { readonly name: 'loading' }
  | { readonly name: 'failed'; readonly why: string }
  | { readonly name: 'there'; readonly value: T };

/** A file of the site: `url` is where it is as such. */
export interface PatchFilePage extends PatchPage {
  readonly url: string;
  /** What an address of the patch names; undefined: the patch does not have it. */
  readonly find: (route: PatchRoute) => PatchPlace | undefined;
}
export interface TestPage {
  readonly url: string;
  /** Without its last newline. */
  readonly text: string;
  readonly lines: readonly (readonly Token[])[];
}

const LOADING = { name: 'loading' } as const;

export class GuideState {
  readonly plan: Plan;
  route = $state.raw<Route>({ view: 'plan' });
  /** How often the address has changed: on the first page the focus is the terminal's. */
  visits = $state(0);
  query = $state('');
  readonly found = $derived.by(() => searchPlan(this.plan, this.query));
  readonly count = $derived.by(() => countFound(this.plan, this.found));
  /** The id that the address names, if it names one that there is. */
  readonly entry = $derived.by(() => ('id' in this.route ? entryOf(this.plan, this.route.id) : undefined));
  readonly hasLongLines = $derived(this.route.view === 'patch' || this.route.view === 'test');
  /** The id that was looked at last: where the reader is in the list on the way back. */
  lastId = $state('');
  /** The address of the page before, as links have it; empty on the first page. */
  cameFrom = $state('');
  patch = $state.raw<Coming<PatchFilePage>>(LOADING);
  test = $state.raw<Coming<TestPage>>(LOADING);

  constructor(plan: Plan, hash: string) {
    this.plan = plan;
    this.#show(parseRoute(hash));
  }

  /** The address has another hash. */
  follow(hash: string): void {
    this.visits++;
    this.cameFrom = formatRoute(this.route);
    this.#show(parseRoute(hash));
  }

  /** Once more, for what has not come. */
  retry(): void {
    this.#load(this.route);
  }

  #show(route: Route): void {
    const moved = !samePage(this.route, route);
    this.route = route;
    if ('id' in route) this.lastId = route.id;
    if (moved) this.#load(route);
  }

  #load(route: Route): void {
    const entry = this.entry?.entry;
    if (route.view === 'patch' && entry?.patches.some(({ name }) => name === route.patch)) {
      const ids = this.plan.entries.map(({ id }) => id);
      this.patch = LOADING;
      void this.#settle(route, readPatchPage(route.patch, ids), (patch) => (this.patch = patch));
    } else if (route.view === 'test' && entry?.tests.some(({ name }) => name === route.test)) {
      this.test = LOADING;
      void this.#settle(route, readTestPage(route.test), (test) => (this.test = test));
    }
  }

  /** What comes for a page that is no longer shown is dropped. */
  async #settle<T>(route: Route, coming: Promise<T>, show: (state: Coming<T>) => void): Promise<void> {
    let state: Coming<T>;
    try {
      state = { name: 'there', value: await coming };
    } catch (error) {
      state = { name: 'failed', why: messageOf(error) };
    }
    if (samePage(this.route, route)) show(state);
  }
}
