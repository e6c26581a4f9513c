import t from 'tap';
import { Inquiries } from '../../../../lib/engines/net/crew/inquiries.ts';
import type { Answer, Question } from '../../../../lib/engines/net/crew/question.ts';
import { createTraffic } from '../../../../lib/engines/net/crew/traffic.ts';
import type { ToWorker } from '../../../../lib/engines/net/protocol.ts';

const QUESTION: Question = { about: 'connections', filter: {}, most: 3 };

function crew(...running: readonly number[]) {
  const posted: ToWorker[] = [];
  const inquiries = new Inquiries({ running, post: (message) => posted.push(message) });
  const part = (
    sequence: number,
    items: readonly unknown[],
    last: boolean,
  ): Answer => ({
    type: 'answer',
    sequence,
    items,
    count: items.length,
    last,
  });
  return { inquiries, posted, part };
}

t.test('the parts of all workers are one answer, as long as was asked', async (t) => {
  const { inquiries, posted, part } = crew(0, 1);
  const answer = inquiries.ask(QUESTION);
  t.same(posted, [{ type: 'question', sequence: 1, question: QUESTION }]);
  inquiries.heard(0, part(1, ['a', 'b'], false));
  inquiries.heard(1, part(1, ['c', 'd'], true));
  inquiries.heard(0, part(1, ['e'], true));
  t.same(await answer, { items: ['a', 'b', 'c'], total: 5, silent: 0 });
  inquiries.heard(0, part(1, ['late'], true));
});

t.test('questions do not mix', async (t) => {
  const { inquiries, part } = crew(0);
  const [one, two] = [inquiries.ask(QUESTION), inquiries.ask(QUESTION)];
  inquiries.heard(0, part(2, ['2'], true));
  t.same((await two).items, ['2']);
  inquiries.heard(0, part(1, ['1'], true));
  t.same((await one).items, ['1']);
});

t.test('a worker that dies is not waited for; what it said counts', async (t) => {
  const { inquiries, part } = crew(0, 1);
  const answer = inquiries.ask(QUESTION);
  inquiries.heard(0, part(1, ['a'], false));
  inquiries.heard(1, part(1, ['b'], true));
  inquiries.died(0);
  t.same(await answer, { items: ['a', 'b'], total: 2, silent: 0 });
});

t.test('a worker that is silent is left out after two seconds', async (t) => {
  const { inquiries, part } = crew(0, 1);
  const began = performance.now();
  const answer = inquiries.ask({ about: 'end', filter: {} });
  inquiries.heard(1, { ...part(1, [], true), count: 7 });
  t.same(await answer, { items: [], total: 7, silent: 1 });
  const took = performance.now() - began;
  t.ok(took > 1900, `${took} ms`);
});

t.test('without workers, and at the end, nobody is waited for', async (t) => {
  t.same(await crew().inquiries.ask(QUESTION), { items: [], total: 0, silent: 0 });
  const { inquiries } = crew(0);
  const answer = inquiries.ask(QUESTION);
  inquiries.close();
  t.same(await answer, { items: [], total: 0, silent: 1 });
});

t.test('a list of one service is whole, or there is none', async (t) => {
  const traffic = (silent: number) =>
    createTraffic({ ask: async () => ({ items: ['a'], total: 1, silent }) });
  const one = { service: 'tcp:10.1.1.19:80' };
  for (const kind of ['connections', 'persistence'] as const) {
    t.same(await traffic(0)[kind](one, 9), { items: ['a'], total: 1 });
    t.same(await traffic(1)[kind]({}, 9), { items: ['a'], total: 1 });
    const part: Promise<unknown> = traffic(1)[kind](one, 9);
    await t.rejects(part, /1 of the worker threads did not answer/);
  }
  t.equal(await traffic(1).end(one), 1, 'what was done is done');
});
