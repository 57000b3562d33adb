/** Asks how many series a rule makes while a person edits it; answers to older forms of it are dropped. */
import { useEffect, useState } from 'react';
import type { RecordingRules, RuleEstimate } from '../datasource/data/recordingRules.ts';
import type { RuleDraft } from './data/recordedFunction.ts';
import { ruleBody } from './data/recordedFunction.ts';

export type Guess =
  | { readonly kind: 'asked' }
  | { readonly kind: 'known'; readonly estimate: RuleEstimate }
  | { readonly kind: 'refused'; readonly why: string };

/** Nobody waits for it, and every key pressed would be a question. */
const pauseMillis = 300;

export function useEstimate(draft: RuleDraft, rules: Promise<RecordingRules>): Guess {
  const [guess, setGuess] = useState<Guess>({ kind: 'asked' });
  useEffect(() => {
    let isCurrent = true;
    setGuess({ kind: 'asked' });
    const ask = async (): Promise<Guess> => {
      try {
        const estimate = await (await rules).estimate(ruleBody(draft));
        return estimate.fits
          ? { kind: 'known', estimate }
          : { kind: 'refused', why: estimate.why ?? 'It makes too many series.' };
      } catch (error) {
        // What is wrong with the rule is the answer here.
        return { kind: 'refused', why: error instanceof Error ? error.message : String(error) };
      }
    };
    const timer = setTimeout(() => {
      void ask().then((found) => {
        if (isCurrent) setGuess(found);
      });
    }, pauseMillis);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [draft, rules]);
  return guess;
}
