// SPDX-License-Identifier: MIT
/** What the lessons of this repository are judged with, by the build, the check and the test alike. */
import { parsePredicate } from '../src/engine/predicate.js';

/** Throws a PredicateError when `text` is no predicate. */
export function checkPredicate(text: string): void {
  parsePredicate(text);
}
