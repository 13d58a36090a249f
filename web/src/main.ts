// SPDX-License-Identifier: MIT
/** Wires the layers together: this is the one place that knows the page and the machine both. */
import { mount } from 'svelte';
import { V86Machine } from './machine/v86-machine.js';
import { PlaygroundState } from './state/playground.svelte.js';
import './theme.css';

const query = new URLSearchParams(location.search);
const state = new PlaygroundState(() => new V86Machine(new URL('machine/', document.baseURI).href));

window.playground = state.api;
document.addEventListener('visibilitychange', () => state.setVisible(!document.hidden));
state.setVisible(!document.hidden);
// The machine first: it is on its way while the browser reads the components and xterm.js.
void state.start({ cold: query.get('boot') === 'cold' });
const { default: App } = await import('./App.svelte');
mount(App, { target: document.body, props: { state } });
