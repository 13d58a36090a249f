// SPDX-License-Identifier: MIT
/** Wires the layers together: this is the one place that knows the page and the machine both. */
import { messageOf } from './engine/message-of.js';
import { mount } from 'svelte';
import { V86Machine } from './machine/v86-machine.js';
import { PlaygroundState } from './state/playground.svelte.js';
import './theme.css';

const query = new URLSearchParams(location.search);
const at = (folder: string) => new URL(folder, document.baseURI).href;
const state = new PlaygroundState(() => new V86Machine(at('machine/')), {
  createMachine: () => new V86Machine(at('machine/'), at('tests/')),
  findArchives: async (progress, signal) => {
    const { findTestArchives } = await import('./machine/load-tests.js');
    return findTestArchives(at('tests/'), progress, signal);
  },
});

window.playground = state.api;
document.addEventListener('visibilitychange', () => state.setVisible(!document.hidden));
state.setVisible(!document.hidden);
// The machine first: it is on its way while the browser reads the components and xterm.js.
void state.start({ cold: query.get('boot') === 'cold' });
try {
  const { default: App } = await import('./App.svelte');
  document.querySelector('.no-program')?.remove();
  mount(App, { target: document.body, props: { state } });
} catch (error) {
  tell(error);
  throw error; // the browser's console has it too
}

/** Says in place of the page that it is not there. Needs nothing that may be missing with it. */
function tell(error: unknown): void {
  const say = (tag: 'h1' | 'p' | 'button', text: string) =>
    Object.assign(document.createElement(tag), { textContent: text });
  const button = say('button', 'Load the page again');
  button.className = 'primary';
  button.addEventListener('click', () => location.reload());
  const place = document.createElement('div');
  place.className = 'no-program told';
  place.role = 'alert';
  place.append(
    say('h1', 'The page could not be shown.'),
    say('p', `A part of its program is missing or at fault. ${messageOf(error)}`),
    button,
  );
  document.body.replaceChildren(place);
}
