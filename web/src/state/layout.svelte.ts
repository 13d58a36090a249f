// SPDX-License-Identifier: MIT
/** Which areas of the page are seen, and how wide they are; kept from visit to visit. */
import { readStored, writeStored } from '../stored.js';

/** On a narrow screen one of them is seen at a time. */
export const VIEWS = ['Guide', 'Terminal', 'Panels'] as const;
export type View = (typeof VIEWS)[number];

/** What is beside the terminals, from above; each is open or closed. */
export const PANEL_NAMES = ['Contexts', 'Kernel log', 'History', '/proc'] as const;
export type PanelName = (typeof PANEL_NAMES)[number];
const OPEN_AT_FIRST: readonly PanelName[] = ['Contexts', '/proc'];

interface Area {
  readonly key: string;
  readonly min: number;
  readonly max: number;
}

export const GUIDE: Area = { key: 'playground.guide-width', min: 280, max: 900 };
export const PANELS: Area = { key: 'playground.side', min: 280, max: 800 };
const PANELS_KEY = 'playground.panels';
const OPEN_KEY = 'playground.guide';
const WIDE_KEY = 'playground.guide-wide';
/** From here on guide, 80 columns of a terminal and panels are beside one another. */
const ROOM_FOR_ALL = 1360;

export class LayoutState {
  view = $state<View>('Terminal');
  guideOpen = $state(false);
  /** Whether patches and tests, which have long lines, may lie over the terminals. */
  readsWide = $state(readStored(WIDE_KEY) !== 'off');
  guideWidth: number = $state(0);
  panelsWidth: number = $state(0);
  openPanels = $state.raw<readonly PanelName[]>(storedPanels());

  /** `linked`: the address names a page of the guide. */
  constructor(screenWidth: number, linked: boolean) {
    const stored = readStored(OPEN_KEY);
    this.guideOpen = stored === null ? screenWidth >= ROOM_FOR_ALL : stored === 'open';
    this.guideWidth = storedWidth(GUIDE, Math.round(screenWidth * 0.24), 460);
    this.panelsWidth = storedWidth(
      PANELS,
      screenWidth >= ROOM_FOR_ALL ? Math.round(screenWidth * 0.26) : 440,
      440,
    );
    if (linked) this.showGuide();
  }

  /** For this visit: nobody has asked for it to be kept. */
  showGuide(): void {
    this.guideOpen = true;
    this.view = 'Guide';
  }

  /** For this visit, too. */
  showTerminal(): void {
    this.view = 'Terminal';
    this.readsWide = false;
  }

  setGuideOpen(open: boolean): void {
    this.guideOpen = open;
    writeStored(OPEN_KEY, open ? 'open' : 'closed');
  }

  setReadsWide(wide: boolean): void {
    this.readsWide = wide;
    writeStored(WIDE_KEY, wide ? 'on' : 'off');
  }

  setGuideWidth(width: number): void {
    this.guideWidth = width;
    writeStored(GUIDE.key, String(width));
  }

  setPanelOpen(name: PanelName, open: boolean): void {
    this.openPanels = PANEL_NAMES.filter((one) => (one === name ? open : this.openPanels.includes(one)));
    writeStored(PANELS_KEY, this.openPanels.join());
  }

  setPanelsWidth(width: number): void {
    this.panelsWidth = width;
    writeStored(PANELS.key, String(width));
  }
}

/** What is kept may be of another version of the page, or written by hand: no width of it may hide what is beside it. */
function storedWidth({ key, min, max }: Area, initial: number, most: number): number {
  const clamp = (width: number, top: number) => Math.max(min, Math.min(width, top));
  const stored = Number.parseFloat(readStored(key) ?? '');
  return Number.isFinite(stored) ? clamp(Math.round(stored), max) : clamp(initial, most);
}

function storedPanels(): readonly PanelName[] {
  const stored = readStored(PANELS_KEY)?.split(',');
  return stored ? PANEL_NAMES.filter((name) => stored.includes(name)) : OPEN_AT_FIRST;
}
