// SPDX-License-Identifier: MIT
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { browserOpener, openBrowser } from './open-browser.ts';

let folder: string;
let opener: string;
let PATH: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'open-'));
  mkdirSync(join(folder, 'first'));
  mkdirSync(join(folder, 'second'));
  writeFileSync(join(folder, 'first/xdg-open'), 'no program', { mode: 0o644 });
  opener = join(folder, 'second/xdg-open');
  writeFileSync(opener, `#!/bin/sh\necho "$@" >${folder}/opened\n`, { mode: 0o755 });
  PATH = `${folder}/first:${folder}/second`;
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('browserOpener', () => {
  it('is xdg-open where there is a display', () => {
    expect(browserOpener({ PATH, DISPLAY: ':0' })).toBe(opener);
    expect(browserOpener({ PATH, WAYLAND_DISPLAY: 'wayland-0' })).toBe(opener);
  });

  it.each([
    ['no display', {}],
    ['an empty one', { DISPLAY: '' }],
    ['CI', { DISPLAY: ':99', CI: 'true' }],
    ['no xdg-open', { DISPLAY: ':0', PATH: '/nowhere' }],
  ])('is nothing with %s', (_, env) => {
    expect(browserOpener({ PATH, ...env })).toBeUndefined();
  });
});

describe('openBrowser', () => {
  it('gives the address to the program', async () => {
    openBrowser(opener, 'http://127.0.0.1:8086/');
    await vi.waitFor(() =>
      expect(readFileSync(join(folder, 'opened'), 'utf8')).toBe('http://127.0.0.1:8086/\n'),
    );
  });

  it('does not mind one that cannot be run', () => {
    expect(() => openBrowser('/nowhere/xdg-open', 'http://127.0.0.1/')).not.toThrow();
  });
});
