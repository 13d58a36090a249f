// SPDX-License-Identifier: MIT
/** What the reader chose, kept from visit to visit. */
import { readStored, writeStored } from '../stored.js';

export type Theme = 'auto' | 'dark' | 'light';

const THEME_KEY = 'playground.theme';
const SCREEN_READER_KEY = 'playground.screen-reader';

export class Preferences {
  theme = $state<Theme>(readTheme());
  screenReader = $state(readStored(SCREEN_READER_KEY) === 'on');
  #systemIsLight = $state(false);
  /** The theme that is in force. */
  readonly shown: 'dark' | 'light' = $derived(
    this.theme === 'auto' ? (this.#systemIsLight ? 'light' : 'dark') : this.theme,
  );

  constructor() {
    const query = matchMedia('(prefers-color-scheme: light)');
    this.#systemIsLight = query.matches;
    query.addEventListener('change', () => (this.#systemIsLight = query.matches));
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    writeStored(THEME_KEY, theme);
  }

  setScreenReader(on: boolean): void {
    this.screenReader = on;
    writeStored(SCREEN_READER_KEY, on ? 'on' : 'off');
  }
}

function readTheme(): Theme {
  const stored = readStored(THEME_KEY);
  return stored === 'dark' || stored === 'light' ? stored : 'auto';
}
