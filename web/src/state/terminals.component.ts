// SPDX-License-Identifier: MIT
/** Which terminal is where, without a machine. In the browser's project for its runes. */
import { beforeEach, expect, test } from 'vitest';
import type { AgentClient } from '../engine/agent-client.js';
import type { Welcome } from '../engine/protocol.js';
import { TerminalsState } from './terminals.svelte.js';

const timers = { setTimeout: () => 0, clearTimeout: () => undefined };
/** What each pane has in front, with a star at what is typed into. */
const seen = () =>
  [...terminals.placement.panes.keys()].map((pane) => {
    const front = terminals.tabs.find((tab) => tab.pane === pane && terminals.isInFront(tab));
    return `${front?.label}${front?.id === terminals.activeId ? '*' : ''}`;
  });

let terminals: TerminalsState;
beforeEach(() => (terminals = new TerminalsState(timers)));

test('a pane that is split has a new terminal beside it, which is typed into', () => {
  terminals.split('right', 1);
  expect(seen()).toEqual(['Shell 1', 'Shell 2*']);
  terminals.split('below', terminals.active.pane);
  expect(seen()).toEqual(['Shell 1', 'Shell 2', 'Shell 3*']);
});

test('a new terminal is in the pane that is typed into, or in the one that is said', () => {
  terminals.split('right', 1);
  terminals.add();
  expect(seen()).toEqual(['Shell 1', 'Shell 3*']);
  terminals.openIn({ xid: 77, guest: undefined }, 1);
  expect(seen()).toEqual(['context 77*', 'Shell 3']);
});

test('the next pane is round the corner, and has in front what it had', () => {
  terminals.split('right', 1);
  terminals.split('right', terminals.active.pane);
  terminals.goToPane(1);
  expect(seen()).toEqual(['Shell 1*', 'Shell 2', 'Shell 3']);
  terminals.goToPane(-1);
  expect(seen()).toEqual(['Shell 1', 'Shell 2', 'Shell 3*']);
  terminals.goToPane(-1);
  expect(seen()).toEqual(['Shell 1', 'Shell 2*', 'Shell 3']);
});

test('a pane goes with its last terminal, and its place to its neighbour; the last terminal stays', () => {
  terminals.split('right', 1);
  terminals.close(terminals.activeId);
  expect(seen()).toEqual(['Shell 1*']);
  expect(terminals.placement.bars).toEqual([]);
  terminals.close(terminals.activeId);
  expect(seen()).toEqual(['Shell 1*']);
});

test('the neighbour of a tab that closes comes to the front, and the keys stay where they were', () => {
  terminals.add();
  terminals.split('right', 1);
  terminals.close(2);
  expect(seen()).toEqual(['Shell 1', 'Shell 3*']);
  terminals.close(3);
  expect(seen()).toEqual(['Shell 1*']);
});

test('there is an end to splitting', () => {
  let splits = 0;
  while (terminals.canSplit && splits < 100) {
    terminals.split('right', terminals.active.pane);
    splits++;
  }
  expect(splits).toBe(5);
  terminals.split('below', 1);
  expect(seen()).toHaveLength(6);
});

test('a lesson finds its terminals by name, in whichever pane they are', () => {
  const guest = terminals.named('guest');
  terminals.split('right', 1);
  expect(terminals.named('guest')).toBe(guest);
  expect(seen()).toEqual(['guest*', 'Shell 3']);
  expect(terminals.named('host').label).toBe('Shell 1');
  expect(seen()).toEqual(['Shell 1*', 'Shell 3']);
});

test("what a lesson does on the host is not done in a context, also when the first terminal is one's", () => {
  terminals.openIn({ xid: 77, guest: undefined });
  terminals.close(1);
  expect(terminals.active.isHost).toBe(false);
  expect(terminals.named('host').isHost).toBe(true);
  expect(seen()).toEqual(['host*']);
});

test("a guest's terminal has its name, which stays when its context is another, and no other terminal has", () => {
  terminals.openIn({ xid: 100, guest: 'web' });
  terminals.openIn({ xid: 101, guest: 'web' });
  expect(terminals.tabs.map(({ label }) => label)).toEqual(['Shell 1', 'web', 'web 2']);
});

test("what a lesson does in a terminal of its own is not done in a guest of that terminal's name", () => {
  terminals.openIn({ xid: 100, guest: 'web' });
  terminals.openIn({ xid: 101, guest: 'host' });
  const inGuests = terminals.tabs.slice(1);
  const own = terminals.named('web');
  expect(own.label).toBe('web 2');
  expect(terminals.named('web')).toBe(own);
  expect(inGuests).not.toContain(terminals.named('host'));
});

test("what a lesson does on the host is not done in another terminal of the lesson's, when the first one is closed", () => {
  terminals.named('guest');
  terminals.close(1);
  expect(terminals.named('host').label).toBe('host');
  expect(terminals.tabs.map(({ label }) => label)).toEqual(['guest', 'host']);
  terminals.add();
  terminals.close(terminals.named('host').id);
  expect(terminals.named('host').label).toBe('Shell 4');
});

test('of several askings for places the last one is answered, and none of a guest that is gone', async () => {
  const answers: ((text: string) => void)[] = [];
  const agent = {
    openPty: () => new Promise(() => undefined),
    snapshot: () =>
      new Promise((resolve) =>
        answers.push((xid) =>
          resolve({ files: new Map([[`virtual/${xid}/status`, { bytes: new Uint8Array() }]]) }),
        ),
      ),
    exec: () => Promise.resolve({ stdout: new Uint8Array() }),
  } as unknown as AgentClient;
  const welcome = { agentStart: 1n, ptys: [] } as unknown as Welcome;
  terminals.connect(agent, welcome, false);
  const first = terminals.findPlaces();
  const second = terminals.findPlaces();
  answers[1]?.('20');
  await second;
  answers[0]?.('10');
  expect(await first).toMatchObject([{ xid: 10 }]);
  expect(terminals.places).toMatchObject([{ xid: 20 }]);
  const third = terminals.findPlaces();
  terminals.leave();
  answers[2]?.('30');
  await third;
  expect(terminals.places).toBeUndefined();
});

test('a bar moves what is on both sides of it', () => {
  terminals.split('right', 1);
  const bar = terminals.placement.bars[0]?.split.id ?? 0;
  terminals.setShare(bar, 30);
  expect([...terminals.placement.panes.values()].map(({ width }) => width)).toEqual([30, 70]);
});
