// SPDX-License-Identifier: MIT
/** Wires the layers together: this is the one place that knows the page and the machine both. */
import { mount } from 'svelte';
import App from './App.svelte';
import { V86Machine } from './machine/v86-machine.js';
import { PlaygroundState } from './state/playground.svelte.js';
import './theme.css';

const query = new URLSearchParams(location.search);
const state = new PlaygroundState(() => new V86Machine(new URL('machine/', document.baseURI).href));

window.playground = state.api;
document.addEventListener('visibilitychange', () => state.setVisible(!document.hidden));
mount(App, { target: document.body, props: { state } });
void state.start({ cold: query.get('boot') === 'cold' });
