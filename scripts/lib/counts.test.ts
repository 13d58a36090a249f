// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { totals } from './counts.ts';

describe('totals', () => {
  it.each([
    ['our verbs', 'ok - a\n12 passed, 3 failed\n', { passed: 12, failed: 3 }],
    ['the last of several lines', '1 passed, 0 failed\n5 passed, 1 failed\n', { passed: 5, failed: 1 }],
    [
      'vitest',
      ' Test Files  1 failed | 2 passed (3)\n      Tests  2 failed | 20 passed (22)\n',
      { passed: 20, failed: 2 },
    ],
    ['vitest with a skipped test', '      Tests  20 passed | 1 skipped (21)\n', { passed: 20, failed: 1 }],
    [
      'playwright',
      '  1 failed\n    [a] › b.spec.ts:1:1 › 3 passed things\n  1 did not run\n  7 passed (3.1s)\n',
      { passed: 7, failed: 2 },
    ],
    [
      'coloured output',
      '\x1b[2m      Tests \x1b[22m \x1b[32m3 passed\x1b[39m (3)\n',
      { passed: 3, failed: 0 },
    ],
    ['a tool that says nothing', 'done\n', { passed: 0, failed: 0 }],
  ])('reads %s', (_, output, counts) => {
    expect(totals(output)).toEqual(counts);
  });
});
