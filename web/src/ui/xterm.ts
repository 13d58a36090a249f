// SPDX-License-Identifier: MIT
/** Makes an xterm.js terminal as this page wants it. */
import { FitAddon } from '@xterm/addon-fit';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import type { WebglAddon } from '@xterm/addon-webgl';
import { Terminal } from '@xterm/xterm';
import { keepCursorStill } from './still-cursor.js';
import { type PaneAction, terminalAction } from './terminal-keys.js';
import { textIn } from './terminal-screen-links.js';
import { MAX_LENGTH } from './terminal-target.js';

export interface XtermParts {
  readonly terminal: Terminal;
  readonly fit: FitAddon;
  /** Its form is the program's. */
  readonly cursor: { forget(): void };
}

export interface XtermEvents {
  /** Ctrl+Shift+F. */
  search(): void;
  /** The key that lists the links on the screen. */
  links(): void;
  /** The key that takes the focus out of the terminal. */
  leave(): void;
  /** A key that arranges panes. */
  arrange(action: PaneAction): void;
  /** The browser keeps the clipboard to itself. */
  copyRefused(): void;
  /** The program has named its terminal; raw text of the guest's. */
  title(title: string): void;
  /** OSC 52: what came after its number. */
  clipboard(data: string): void;
  /** A link was clicked that shows `shown`. */
  link(target: string, shown: string): void;
  /** The pointer is on a link to `target`, or on none any more. */
  hover(target: string | undefined): void;
}

/** Characters of an OSC 8: the longest address that is opened, and what stands before it. */
const LONGEST_LINK = MAX_LENGTH + 256;

/** Opens a terminal in `element`. */
export function createXterm(element: HTMLElement, events: XtermEvents): XtermParts {
  const terminal = new Terminal({
    // The unicode API counts as proposed.
    allowProposedApi: true,
    // Drawn by DOM a blinking cursor is a CSS animation, for which Chromium makes 60 frames a second: 6 % of a core.
    cursorBlink: false,
    fontFamily: getComputedStyle(element).getPropertyValue('--mono').trim(),
    fontSize: 14,
    minimumContrastRatio: 4.5,
    scrollback: 5000,
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  // What an address found in the text can hide of itself is not in what it shows.
  let pointed: { target: string; shown: string } | undefined;
  const open = (target: string): void =>
    events.link(target, pointed?.target === target ? pointed.shown : target);
  const addresses = new WebLinksAddon((_, target) => open(target), {
    hover: (_, target, range) => {
      pointed = { target, shown: textIn(terminal, range) };
      events.hover(target);
    },
    leave: () => {
      pointed = undefined;
      events.hover(undefined);
    },
  });
  terminal.loadAddon(addresses);
  terminal.options.linkHandler = {
    activate: (_, target, range) => events.link(target, textIn(terminal, range)),
    hover: (_, target) => events.hover(target),
    leave: () => events.hover(undefined),
  };
  terminal.onTitleChange((title) => events.title(title));
  terminal.parser.registerOscHandler(52, (data) => {
    events.clipboard(data);
    return true;
  });
  // xterm.js takes addresses of 10 MB, and reads each wherever it looks for links. Of one that nobody could open it does not hear.
  terminal.parser.registerOscHandler(8, (data) => data.length > LONGEST_LINK);
  const cursor = keepCursorStill(terminal);
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  terminal.attachCustomKeyEventHandler((event) => handleKey(terminal, event, events));
  terminal.open(element);
  // Tab passes by, or it would not come out again: Enter on what is around it leads in.
  if (terminal.textarea) terminal.textarea.tabIndex = -1;
  fit.fit();
  void useWebgl(terminal);
  return { terminal, fit, cursor };
}

/** False keeps the key from the guest. Pasting is left to the browser, which then gives xterm.js a paste event. */
function handleKey(terminal: Terminal, event: KeyboardEvent, events: XtermEvents): boolean {
  const action = terminalAction(event);
  if (action === undefined) return true;
  if (action === 'paste' || event.type !== 'keydown') return false;
  event.preventDefault();
  if (action === 'search') events.search();
  else if (action === 'links') events.links();
  else if (action === 'leave') events.leave();
  else if (action !== 'copy') events.arrange(action);
  else if (terminal.hasSelection()) copy(terminal.getSelection()).catch(() => events.copyRefused());
  return false;
}

async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}

/** Draws by WebGL where there is a graphics card for it; else xterm.js draws by DOM, which is faster than emulated WebGL. */
async function useWebgl(terminal: Terminal): Promise<void> {
  if (!hasGraphicsCard()) return;
  let addon: WebglAddon | undefined;
  try {
    const { WebglAddon } = await import('@xterm/addon-webgl');
    addon = new WebglAddon();
    addon.onContextLoss(() => addon?.dispose());
    terminal.loadAddon(addon);
  } catch {
    // It did not come, or cannot draw here.
    addon?.dispose();
  }
}

function hasGraphicsCard(): boolean {
  const gl = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (!gl) return false;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return !/swiftshader|llvmpipe|software/i.test(renderer);
}
