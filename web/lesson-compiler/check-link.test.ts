// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { planData, readPlanSources } from '../../scripts/lib/plan-data.js';
import { linkChecker } from './check-link.js';

const sources = readPlanSources();
const FIRST = '1a-1-add-contexts-as-counted-objects.patch';
const checkLink = linkChecker({ plan: planData(sources), patches: sources.patches, lessons: ['1a-core'] });

describe('linkChecker()', () => {
  it.each([
    '#/',
    '#/matrix',
    '#/6c',
    '#/2c/patches',
    `#/1a/patches/${FIRST}`,
    `#/1a/patches/${FIRST}/include/linux/vserver.h`,
    `#/1a/patches/${FIRST}/include/linux/vserver.h:get_vx_info()`,
    `#/1a/patches/${FIRST}/include/linux/vserver.h:struct%20vx_info`,
    '#/1a/test/1a-core.t',
    '#/lesson/1a-core',
  ])('lets %s pass', (address) => {
    expect(() => {
      checkLink(address);
    }).not.toThrow();
  });

  it.each([
    ['#/nowhere', 'the guide has no such page'],
    ['#make-one', 'the guide has no such page'],
    ['#/9z', 'the plan has no 9z'],
    ['#/lesson/1a-more', 'there is no lesson 1a-more'],
    ['#/1a/test/none.t', '1a has no test none.t: it has 1a-core.t'],
    ['#/2c/test/none.t', '2c has no test none.t: it has none'],
    ['#/1a/test/1a-core.t:1', 'lines move'],
    [`#/1b/patches/${FIRST}`, `1b has no patch ${FIRST}: it has 1b-1-`],
    [`#/1a/patches/${FIRST}/kernel/fork.c`, 'the patch leaves kernel/fork.c alone: it changes include/linux'],
    [`#/1a/patches/${FIRST}/include/linux/vserver.h:1`, 'lines move'],
    [
      `#/1a/patches/${FIRST}/include/linux/vserver.h:vs_fork_task()`,
      'the patch has no hunk with vs_fork_task() in include/linux/vserver.h',
    ],
  ])('refuses %s, and says why', (address, why) => {
    expect(() => {
      checkLink(address);
    }).toThrow(`${address}: ${why}`);
  });
});
