// SPDX-License-Identifier: MIT
/** The terminals of the page, in panes that share an area: there is always one, and each pane has one in front. */
import { SvelteMap } from 'svelte/reactivity';
import type { AgentClient } from '../engine/agent-client.js';
import { messageOf } from '../engine/message-of.js';
import { labelOf, listPlaces, programOf, type Place } from '../engine/places.js';
import type { Welcome } from '../engine/protocol.js';
import { panes, place, remove, share, split, type Direction, type Layout } from '../engine/split-layout.js';
import { TerminalLink, type TerminalTimers } from '../engine/terminal-link.js';
import { TabTitle } from './tab-title.svelte.js';

export interface TerminalTab {
  readonly id: number;
  readonly label: string;
  readonly link: TerminalLink;
  readonly title: TabTitle;
  /** In which it was opened, and stays. */
  readonly pane: number;
  /** On the host, and of no name that a lesson gave it. */
  readonly isHost: boolean;
  /** What lessons call it; a guest may be called so, too, and its terminal is none of theirs. */
  readonly name: string | undefined;
}

/** What lessons call the terminal that is there from the start. */
const HOST = 'host';
/** With more no pane has room for a line of text. */
const MOST_PANES = 6;

/** What a terminal is opened as: on the host, unless there is a place. */
interface Opened {
  readonly name?: string | undefined;
  readonly place?: Place;
}

interface Session {
  readonly agent: AgentClient;
  readonly welcome: Welcome;
}

export class TerminalsState {
  tabs = $state.raw<readonly TerminalTab[]>([]);
  #activeId = $state(1);
  #layout = $state.raw<Layout>({ pane: 1 });
  /** The terminal in front, by pane. */
  readonly #front = new SvelteMap([[1, 1]]);
  readonly placement = $derived(place(this.#layout));
  readonly canSplit = $derived(this.placement.panes.size < MOST_PANES);
  /** Where a terminal can be opened beside the host, as of the last asking: undefined before its answer, a text is why there is none. */
  places = $state.raw<readonly Place[] | string>();
  readonly #timers: TerminalTimers;
  /** Of several askings the last one's answer is shown. */
  #asked: Promise<readonly Place[] | string> | undefined;
  #session: Session | undefined;
  #nextId = 1;
  /** Of panes and splits. */
  #nextPart = 2;

  constructor(timers: TerminalTimers) {
    this.#timers = timers;
    this.tabs = [this.#newTab(1, {})];
  }

  /** The one that is typed into. */
  get activeId(): number {
    return this.#activeId;
  }

  get active(): TerminalTab {
    const tab = this.tabs.find(({ id }) => id === this.#activeId) ?? this.tabs[0];
    if (!tab) throw new Error('there is no terminal');
    return tab;
  }

  isInFront({ id, pane }: TerminalTab): boolean {
    return this.#front.get(pane) === id;
  }

  /** Brings it to the front of its pane; what is typed goes to it. */
  select(id: number): void {
    const tab = this.tabs.find((one) => one.id === id);
    if (!tab) return;
    this.#activeId = id;
    this.#front.set(tab.pane, id);
  }

  /** Opens one more on the host, in front, in the active pane unless said. */
  add(name?: string, pane?: number): void {
    this.#open({ name }, pane);
  }

  /** Halves a pane; the new one, `direction` of it, begins with a terminal on the host. Nothing when there are as many as there may be. */
  split(direction: Direction, pane: number): void {
    if (!this.canSplit) return;
    const added = this.#nextPart++;
    this.#layout = split(this.#layout, pane, direction, added, this.#nextPart++);
    this.add(undefined, added);
  }

  /** Moves the bar of a split: the first part gets `percent` of what both have. */
  setShare(id: number, percent: number): void {
    this.#layout = share(this.#layout, id, percent);
  }

  /** What is typed goes to the pane so many further, round and round. */
  goToPane(steps: number): void {
    const order = panes(this.#layout);
    const next = order.at((order.indexOf(this.active.pane) + steps) % order.length);
    const front = next === undefined ? undefined : this.#front.get(next);
    if (front !== undefined) this.select(front);
  }

  /** One more, inside a context. One that has ended meanwhile is told on the terminal, and Enter tries again. */
  openIn(place: Place, pane?: number): void {
    this.#open({ place }, pane);
  }

  /** One more, inside the context of that number, as what it is now. */
  async openInContext(xid: number): Promise<void> {
    const places = await this.findPlaces();
    const known = typeof places === 'string' ? undefined : places.find((place) => place.xid === xid);
    this.openIn(known ?? { xid, guest: undefined });
  }

  /** Asks the guest which contexts there are, and returns what becomes `places`. */
  async findPlaces(): Promise<readonly Place[] | string> {
    this.places = undefined;
    const agent = this.#session?.agent;
    const asked = agent ? listPlaces(agent).catch(messageOf) : Promise.resolve('The machine is not there.');
    this.#asked = asked;
    const places = await asked;
    if (asked === this.#asked) this.places = places;
    return places;
  }

  #open(as: Opened, pane = this.active.pane): void {
    const tab = this.#newTab(pane, as);
    this.tabs = [...this.tabs, tab];
    this.select(tab.id);
    if (this.#session) connect(tab, this.#session, false);
  }

  /**
   * The terminal of that name, in front; a new one if there is none. The first one on the host has the name of the host's, by which
   * a lesson finds it.
   */
  named(name: string): TerminalTab {
    const found = this.tabs.find((tab) => (name === HOST ? tab.isHost : tab.name === name));
    if (found) {
      this.select(found.id);
      return found;
    }
    this.add(name);
    return this.active;
  }

  /** Hangs up; the last one stays, and a pane goes with its last one. */
  close(id: number): void {
    const tab = this.tabs.find((one) => one.id === id);
    if (!tab || this.tabs.length === 1) return;
    tab.link.close();
    const neighbours = this.tabs.filter(({ pane }) => pane === tab.pane);
    const index = neighbours.indexOf(tab);
    const next = neighbours[index + 1] ?? neighbours[index - 1];
    this.tabs = this.tabs.filter((one) => one !== tab);
    if (!next) this.#removePane(tab.pane);
    else if (this.isInFront(tab)) this.#front.set(tab.pane, next.id);
    const successor = next?.id ?? this.#front.get(panes(this.#layout)[0] ?? 1);
    if (this.#activeId === id && successor !== undefined) this.select(successor);
  }

  /** A session is open: every terminal gets its pty. */
  connect(agent: AgentClient, welcome: Welcome, restored: boolean): void {
    this.#session = { agent, welcome };
    for (const tab of this.tabs) connect(tab, this.#session, restored);
  }

  /** The guest is gone or about to be reset: what is typed from now on is for the next one. */
  leave(): void {
    this.#session = undefined;
    this.#asked = this.places = undefined;
    for (const { link } of this.tabs) link.leave();
  }

  #removePane(pane: number): void {
    this.#front.delete(pane);
    this.#layout = remove(this.#layout, pane);
  }

  #newTab(pane: number, { name, place }: Opened): TerminalTab {
    const id = this.#nextId++;
    const link = new TerminalLink(this.#timers, place && programOf(place));
    return {
      id,
      label: this.#unused(place ? labelOf(place) : (name ?? `Shell ${id}`)),
      link,
      title: new TabTitle(),
      pane,
      isHost: !place && (name === undefined || name === HOST),
      name,
    };
  }

  /** Two terminals may be at one place, and each has a name. */
  #unused(name: string): string {
    const taken = (label: string) => this.tabs.some((tab) => tab.label === label);
    let [label, count] = [name, 1];
    while (taken(label)) label = `${name} ${++count}`;
    return label;
  }
}

function connect(tab: TerminalTab, { agent, welcome }: Session, restored: boolean): void {
  // A session that is lost on the way is followed by another one, which connects again.
  tab.link.connect(agent, welcome, restored).catch(() => undefined);
}
