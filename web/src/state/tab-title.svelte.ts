// SPDX-License-Identifier: MIT
import { cleanTitle } from '../engine/terminal-title.js';

/** What the program in a terminal calls it; "" while none says. */
export class TabTitle {
  text = $state('');

  /** Takes a title as it came from the guest. */
  set(title: string): void {
    this.text = cleanTitle(title);
  }
}
