// SPDX-License-Identifier: MIT
/** What programs of a terminal want of the browser, and what the reader lets them: the clipboard, and links that show something else. */
import { CLIPBOARD_MAX, clipboardRequest, preview } from './terminal-clipboard.js';
import { linkTarget } from './terminal-target.js';

export interface Question {
  readonly says: string;
  /** The guest's own text. */
  readonly quote: string;
  readonly yes: string;
  readonly no: string;
  answer(allowed: boolean): void;
}

export interface Browser {
  /** Rejects when it keeps the clipboard to itself. */
  copy(text: string): Promise<void>;
  openLink(href: string): void;
}

export const COPY_REFUSED = 'The browser has not let the page copy: allow it the clipboard, and try again.';

export class TerminalQuestions {
  readonly #browser: Browser;
  #offered = $state('');
  /**
   * After an answer nothing is heard before the reader's next Enter: what asks again and again asks once, and no second "Allow" comes
   * under the pointer that has just pressed one.
   */
  #answered = false;
  #link = $state('');
  /** Why something was not done; empty when nothing was refused, or the reader has seen it. */
  refusal = $state('');
  /** No other takes its place while it is asked: the answer is to what was read. */
  readonly question: Question | undefined = $derived(this.#ask());

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** OSC 52: what came after its number. */
  hearClipboard(data: string): void {
    if (this.question || this.#answered) return;
    const request = clipboardRequest(data);
    if (request.kind === 'write') this.#offered = request.text;
    else if (request.kind === 'too-long') {
      this.refusal = `A program in the guest wanted to put more than ${CLIPBOARD_MAX} characters on the clipboard, and was not let.`;
      this.#answered = true;
    }
  }

  /** A link was chosen that shows `shown`. True when the question that stands now is of it: another may have stood before. */
  followLink(target: string, shown: string): boolean {
    const link = linkTarget(target, shown);
    const asks = !('refused' in link) && !link.told;
    if ('refused' in link) this.refusal = link.refused;
    else if (link.told) this.#browser.openLink(link.href);
    else this.#link = link.href;
    return asks && this.#offered === '';
  }

  /** The reader typed this. */
  typed(text: string): void {
    if (text.includes('\r')) this.#answered = false;
  }

  /** Another guest asks for nothing yet. */
  forget(): void {
    this.#offered = this.#link = '';
    this.#answered = false;
  }

  #ask(): Question | undefined {
    if (this.#offered !== '')
      return {
        says: `A program in the guest wants to put ${this.#offered.length} characters on your clipboard:`,
        quote: preview(this.#offered),
        yes: 'Allow',
        no: 'Refuse',
        answer: (allowed) => this.#answerOffer(allowed),
      };
    if (this.#link === '') return undefined;
    return {
      says: 'The link leads elsewhere than its text says, to:',
      quote: this.#link,
      yes: 'Open in a new tab',
      no: 'Cancel',
      answer: (allowed) => this.#answerLink(allowed),
    };
  }

  #answerOffer(allowed: boolean): void {
    if (allowed) this.#browser.copy(this.#offered).catch(() => (this.refusal = COPY_REFUSED));
    this.#answered = true;
    this.#offered = '';
  }

  #answerLink(allowed: boolean): void {
    if (allowed) this.#browser.openLink(this.#link);
    this.#answered = true;
    this.#link = '';
  }
}
