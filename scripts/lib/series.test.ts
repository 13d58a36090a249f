// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { seriesFiles } from './series.ts';

const diff = (path: string, ...hunks: string[]) =>
  `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n${hunks.join('\n')}\n--\n2.39.5\n`;

const NEW = diff('kernel/new.c', '@@ -0,0 +1,3 @@', '+one', '+two', '+three');

describe('seriesFiles', () => {
  it('knows a file that the series makes', () => {
    expect(seriesFiles([NEW]).get('kernel/new.c')).toBe('one\ntwo\nthree');
  });

  it('changes it with later patches, where they say', () => {
    const later = diff('kernel/new.c', '@@ -1,3 +1,4 @@', ' one', '-two', '+2', '+2.5', ' three');
    expect(seriesFiles([NEW, later]).get('kernel/new.c')).toBe('one\n2\n2.5\nthree');
  });

  it('tells upstream lines from its own, and keeps places when an earlier hunk moves them', () => {
    const first = diff(
      'fs/old.c',
      '@@ -10,2 +10,3 @@ int f(void)',
      ' upstream',
      '+ours',
      ' upstream too',
      '@@ -40,2 +41,1 @@',
      ' far',
      '-gone',
    );
    const second = diff('fs/old.c', '@@ -3 +3,2 @@', ' early', '+added above');
    const third = diff('fs/old.c', '@@ -12,2 +12,3 @@', ' ours', '+more', ' upstream too');
    expect(seriesFiles([first, second, third]).get('fs/old.c')).toBe('added above\nours\nmore');
  });

  it('follows a file to its new name, and drops one that goes', () => {
    const rename =
      'diff --git a/kernel/new.c b/kernel/named.c\nsimilarity index 66%\nrename from kernel/new.c\nrename to kernel/named.c\n' +
      '--- a/kernel/new.c\n+++ b/kernel/named.c\n@@ -2,2 +2,1 @@ one\n two\n-three\n';
    const files = seriesFiles([NEW, rename]);
    expect([...files]).toEqual([['kernel/named.c', 'one\ntwo']]);
    const gone =
      'diff --git a/kernel/new.c b/kernel/new.c\ndeleted file mode 100644\n--- a/kernel/new.c\n+++ /dev/null\n' +
      '@@ -1,3 +0,0 @@\n-one\n-two\n-three\n';
    expect(seriesFiles([NEW, gone]).get('kernel/new.c')).toBe('');
  });

  it('does not take a removed or added line of dashes for a head', () => {
    const dashes = diff('kernel/new.c', '@@ -1,2 +1,3 @@', ' one', '+++ b/x', '+--- a/x', '-two');
    expect(seriesFiles([NEW, dashes]).get('kernel/new.c')).toBe('one\n++ b/x\n--- a/x\nthree');
  });

  it('refuses a patch that does not fit, and names the place', () => {
    const bad = diff('kernel/new.c', '@@ -1,2 +1,1 @@', ' one', '-TWO');
    expect(() => seriesFiles([NEW, bad])).toThrow('kernel/new.c:2: the patch wants "TWO" where "two" is');
    expect(() => seriesFiles([NEW, bad.slice(0, bad.indexOf('\n one'))])).toThrow('its last hunk is cut off');
  });
});
