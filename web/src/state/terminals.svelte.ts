// SPDX-License-Identifier: MIT
/** The terminals of the page: there is always one. */
import { messageOf } from '../engine/message-of.js';
import type { AgentClient } from '../engine/agent-client.js';
import { listPlaces, nameOf, programOf, type Place } from '../engine/places.js';
import type { Welcome } from '../engine/protocol.js';
import { TerminalLink, type TerminalTimers } from '../engine/terminal-link.js';
import { TabTitle } from './tab-title.svelte.js';

export interface TerminalTab {
  readonly id: number;
  readonly label: string;
  readonly link: TerminalLink;
  readonly title: TabTitle;
}

/** What lessons call the terminal that is there from the start. */
const HOST = 'host';

interface Session {
  readonly agent: AgentClient;
  readonly welcome: Welcome;
}

export class TerminalsState {
  tabs = $state.raw<readonly TerminalTab[]>([]);
  activeId = $state(1);
  /** Where a terminal can be opened beside the host, as of the last asking: undefined before its answer, a text is why there is none. */
  places = $state.raw<readonly Place[] | string>();
  readonly #timers: TerminalTimers;
  #session: Session | undefined;
  #nextId = 1;

  constructor(timers: TerminalTimers) {
    this.#timers = timers;
    this.tabs = [this.#newTab()];
  }

  get active(): TerminalTab {
    const tab = this.tabs.find(({ id }) => id === this.activeId) ?? this.tabs[0];
    if (!tab) throw new Error('there is no terminal');
    return tab;
  }

  /** Opens one more and brings it to the front. */
  add(label?: string): void {
    this.#open(label);
  }

  /** One more, inside a context. One that has ended meanwhile is told on the terminal, and Enter tries again. */
  openIn(place: Place): void {
    this.#open(this.#unused(nameOf(place)), programOf(place));
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
    const places = agent ? await listPlaces(agent).catch(messageOf) : 'The machine is not there.';
    this.places = places;
    return places;
  }

  #open(label?: string, program?: readonly string[]): void {
    const tab = this.#newTab(label, program);
    this.tabs = [...this.tabs, tab];
    this.activeId = tab.id;
    if (this.#session) connect(tab, this.#session, false);
  }

  /**
   * The terminal of that name, in front; a new one if there is none. The first one has the name of the host's, by which a lesson
   * finds it.
   */
  named(name: string): TerminalTab {
    const label = name === HOST ? this.tabs[0]?.label : name;
    const found = this.tabs.find((tab) => tab.label === label);
    if (found) {
      this.activeId = found.id;
      return found;
    }
    this.add(name);
    return this.active;
  }

  /** Hangs up; the last one stays. */
  close(id: number): void {
    const index = this.tabs.findIndex((tab) => tab.id === id);
    if (index < 0 || this.tabs.length === 1) return;
    this.tabs[index]?.link.close();
    this.tabs = this.tabs.filter((tab) => tab.id !== id);
    if (this.activeId === id) this.activeId = (this.tabs[index] ?? this.tabs[index - 1])?.id ?? 1;
  }

  /** A session is open: every terminal gets its pty. */
  connect(agent: AgentClient, welcome: Welcome, restored: boolean): void {
    this.#session = { agent, welcome };
    for (const tab of this.tabs) connect(tab, this.#session, restored);
  }

  /** The guest is gone or about to be reset: what is typed from now on is for the next one. */
  leave(): void {
    this.#session = undefined;
    for (const { link } of this.tabs) link.leave();
  }

  #newTab(label?: string, program?: readonly string[]): TerminalTab {
    const id = this.#nextId++;
    const link = new TerminalLink(this.#timers, program);
    return { id, label: label ?? `Shell ${id}`, link, title: new TabTitle() };
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
