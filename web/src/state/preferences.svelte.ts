// SPDX-License-Identifier: MIT
/** What the reader chose, kept from visit to visit. */
export type Theme = 'auto' | 'dark' | 'light';

const THEME_KEY = 'playground.theme';
const SCREEN_READER_KEY = 'playground.screen-reader';

export class Preferences {
  theme = $state<Theme>(readTheme());
  screenReader = $state(localStorage.getItem(SCREEN_READER_KEY) === 'on');
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
    localStorage.setItem(THEME_KEY, theme);
  }

  setScreenReader(on: boolean): void {
    this.screenReader = on;
    localStorage.setItem(SCREEN_READER_KEY, on ? 'on' : 'off');
  }
}

function readTheme(): Theme {
  const stored = localStorage.getItem(THEME_KEY);
  return stored === 'dark' || stored === 'light' ? stored : 'auto';
}
