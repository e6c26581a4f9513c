import t from 'tap';
import { agentWords } from '../../../lib/checks/agents/words.ts';
import type { AgentWords } from '../../../lib/model/agent.ts';

const down = (reason: string) => ({ health: 'down', reason }) as const;

const LINES: readonly (readonly [line: string, words: AgentWords])[] = [
  ['75%', { percent: 75 }],
  ['0%', { percent: 0 }],
  ['050%', { percent: 50 }],
  ['150%', { percent: 150 }],
  ['99999999999999999999%', { percent: 1_000_000 }],
  ['ready', { state: 'ready' }],
  ['DRAIN', { state: 'drain' }],
  ['Maint', { state: 'maintenance' }],
  ['up', { health: 'up' }],
  ['down', down('down')],
  ['fail', down('fail')],
  ['failed', down('failed')],
  ['STOPPED', down('stopped')],
  ['fail # disk full', down('fail (disk full)')],
  ['down #\t  two  blanks', down('down (two blanks)')],
  ['75% up # all is well', { percent: 75, health: 'up' }],
  ['  ,, 40%\t#x', { percent: 40 }],
  ['60%,drain,#y', { percent: 60, state: 'drain' }],
  ['ready, up, 100%', { state: 'ready', health: 'up', percent: 100 }],
  ['maxconn:30 up', { maxconn: 30, health: 'up' }],
  ['100% 20%', { percent: 20 }],
  ['up drain ready', { health: 'up', state: 'ready' }],
  ['up down', down('down')],
  ['', {}],
  ['#', {}],
  ['ready#z', { unknown: 'ready#z' }],
  ['-5%', { unknown: '-5%' }],
  ['5.5%', { unknown: '5.5%' }],
  ['50%%', { unknown: '50%%' }],
  ['%', { unknown: '%' }],
  ['constructor up', { unknown: 'constructor', health: 'up' }],
  ['maxconn:x', { unknown: 'maxconn:x' }],
  ['what ever 5%', { unknown: 'what', percent: 5 }],
  ['\x1b[31mred', { unknown: '[31mred' }],
];

t.test('a line says what HAProxy takes it for', async (t) => {
  for (const [line, words] of LINES)
    t.match({ ...agentWords(line) }, words, JSON.stringify(line));
  for (const [line, words] of LINES)
    t.strictSame(
      Object.keys(agentWords(line)).sort(),
      Object.keys(words).sort(),
      JSON.stringify(line),
    );
});

t.test('up after down keeps no reason that counts', async (t) => {
  t.match(agentWords('down up # fine'), { health: 'up' });
});

t.test('a description is one line of 100 characters at most', async (t) => {
  const { reason = '' } = agentWords(`down # ${'é'.repeat(1000)}\u0007`);
  t.equal(reason.length, 'down ()'.length + 100);
});
