import type { Question } from './actions.ts';
import { reasonOf } from './api.ts';
import { h } from './dom.ts';

/** A question in the place of the buttons that led to it. */
export interface Confirm {
  readonly element: HTMLElement;
  ask(question: Question, answers: Answers): void;
}

export interface Answers {
  /** Does it. When it rejects, the reason is told and it can be tried again. */
  yes(): Promise<void>;
  no(): void;
}

export function createConfirm(): Confirm {
  const element = h('section', {
    class: 'confirm',
    'aria-labelledby': 'confirm-title',
  });
  return {
    element,
    ask({ title, text, verb }, answers) {
      const problem = h('p', { class: 'refusal', role: 'alert' });
      const button = (words: string, kind: string, onclick: () => void) =>
        h('button', { type: 'button', class: `button ${kind}`, onclick }, words);
      const yes = button(verb, 'primary', () => void go());
      const no = button('Cancel', '', answers.no);
      async function go(): Promise<void> {
        yes.disabled = true;
        await answers.yes().catch((error: unknown) => {
          problem.textContent = reasonOf(error);
          yes.disabled = false;
        });
      }
      yes.setAttribute('aria-describedby', 'confirm-title confirm-text');
      element.replaceChildren(
        h('h3', { id: 'confirm-title' }, title),
        h('p', { id: 'confirm-text' }, text),
        problem,
        h('div', { class: 'buttons' }, yes, no),
      );
      element.hidden = false;
      yes.focus();
    },
  };
}
