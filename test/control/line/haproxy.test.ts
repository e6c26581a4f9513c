import t, { type Test } from 'tap';
import { openControl, raw } from '../../support/control.ts';
import { startHaproxy } from '../../support/haproxy.ts';
import { lab } from '../../support/lab.ts';
import { lineClient } from '../../support/line-client.ts';
import { socketPath } from '../../support/socket-path.ts';
import { realStatus, serviceStatus, statusDocument } from '../../support/status.ts';

// Debian's HAProxy and this director are asked the same.

const WEB = 'tcp:10.1.1.19:80';
const SERVER = `${WEB}/10.1.1.21:80`;

const PROXY = `
listen ${WEB}
 bind unix@FRONT
 balance roundrobin
 stick-table type ip size 100 expire 5m
 stick on src
 server 10.1.1.21:80 127.0.0.1:9 check inter 1h
 server 10.1.1.22:80 127.0.0.1:9 weight 3`;

async function both(t: Test) {
  const service = serviceStatus({
    persistent: 300,
    reals: [
      realStatus(),
      realStatus({
        ...{ id: '10.1.1.22:80', address: '10.1.1.22', state: 'unchecked' },
        ...{ configuredWeight: 3, check: null },
      }),
    ],
  });
  const looking = socketPath(t);
  const ours = await openControl(
    t,
    async () => statusDocument({ services: [service] }),
    {
      readOnly: { path: looking, mode: 0o600 },
    },
  );
  const theirs = await startHaproxy(t, PROXY);
  return { ours: { admin: ours.path, user: looking }, theirs };
}

t.test('columns, types and tags are HAProxy’s', lab('haproxy'), async (t) => {
  const { ours, theirs } = await both(t);
  const header = async (path: string) =>
    (await raw(path, 'show stat\n')).split('\n')[0];
  t.equal(await header(ours.admin), await header(theirs.admin));

  const shapes = async (path: string, line: string) => {
    const lines = (await raw(path, `${line}\n`)).split('\n').filter(Boolean);
    return lines.map((text) => text.split(':').slice(0, 3).join(':'));
  };
  for (const line of ['show stat typed', 'show info typed']) {
    const known = new Set(await shapes(theirs.admin, line));
    const shown = await shapes(ours.admin, line);
    t.ok(shown.length > 30, `${shown.length} values`);
    // What HAProxy leaves out of a server that has failed.
    const failing = /\.(check_code|last_chk)\.|^\d+\.Maxconn/;
    for (const shape of shown)
      if (!failing.test(shape)) t.ok(known.has(shape), `${line}: ${shape}`);
  }
  const cell = async (path: string, line: string) => {
    const found: unknown = JSON.parse(await raw(path, `${line}\n`));
    return Object.keys([found].flat(9)[0] as object);
  };
  for (const line of ['show stat json', 'show info json'])
    t.same(await cell(ours.admin, line), await cell(theirs.admin, line), line);
});

t.test('a server has the same state in the same columns', lab('haproxy'), async (t) => {
  const { ours, theirs } = await both(t);
  const state = async (path: string) =>
    (await raw(path, 'show servers state\n')).split('\n');
  const [mine, his] = [await state(ours.admin), await state(theirs.admin)];
  t.same(mine.slice(0, 2), his.slice(0, 2));
  const shape = (lines: readonly string[]) =>
    lines.slice(2).map((line) => line.split(' ').slice(0, 4).join(' '));
  t.same(shape(mine), shape(his));
  t.equal(mine[2]?.split(' ').length, his[2]?.split(' ').length);
});

/** Answers that must be the same to the letter. */
const SAME = [
  'get weight',
  'get weight x',
  'get weight x/y',
  `get weight ${WEB}/y`,
  `get weight ${SERVER}`,
  'get weight #2/#2',
  `get weight ${WEB}\\;x`,
  `set weight ${SERVER}`,
  `set weight ${SERVER} -5%`,
  `set server ${SERVER} state x`,
  `set server ${SERVER} weight`,
  'set server',
  `set server ${SERVER} state drain`,
  `set server ${SERVER} state ready`,
  `set weight ${SERVER} 5`,
  `set weight ${SERVER} 100%`,
  `disable server ${WEB}/y`,
  `disable server ${SERVER}`,
  `enable server ${SERVER}`,
  'set timeout',
  'set timeout cli',
  'set timeout cli x',
  'set timeout cli 30',
  'show stat x 4 -1',
  'show stat domain dns',
  'show servers state x',
  'show backend',
  'show cli level',
  'show table x',
  'shutdown session',
  'shutdown session 0xab',
  `shutdown sessions server ${WEB}/y`,
  `shutdown sessions server ${SERVER}`,
  'clear counters',
  'clear counters all',
  `clear table ${WEB} key`,
  `clear table ${WEB} key 192.0.2.7`,
  'quit',
  `get weight ${SERVER};get weight ${SERVER}`,
  `get weight ${SERVER};quit;get weight ${SERVER}`,
  `  get   weight ${SERVER}  more words`,
];

t.test('answers and refusals are the same', lab('haproxy'), async (t) => {
  const { ours, theirs } = await both(t);
  for (const line of SAME)
    t.equal(
      await raw(ours.admin, `${line}\n`),
      await raw(theirs.admin, `${line}\n`),
      line,
    );
});

t.test('those who look are refused the same', lab('haproxy'), async (t) => {
  const { ours, theirs } = await both(t);
  for (const line of [
    `set weight ${SERVER} 5`,
    `set server ${SERVER} state drain`,
    `disable server ${SERVER}`,
    `enable server ${SERVER}`,
    'clear counters',
    'shutdown session 1',
    `shutdown sessions server ${SERVER}`,
    `clear table ${WEB} key 192.0.2.7`,
    'show cli level',
    `get weight ${SERVER}`,
  ])
    t.equal(
      await raw(ours.user, `${line}\n`),
      await raw(theirs.user, `${line}\n`),
      line,
    );
});

t.test('a conversation has the same frame', lab('haproxy'), async (t) => {
  const { ours, theirs } = await both(t);
  const weight = `get weight ${SERVER}`;
  const talks: readonly (readonly string[])[] = [
    ['prompt', 'set timeout cli 60', weight, `${weight};${weight}`],
    [`prompt;${weight}`, weight],
  ];
  for (const talk of talks) {
    const said = async (path: string) => {
      const client = lineClient(t, path);
      const answers: string[] = [];
      for (const line of talk) answers.push(await client.ask(line));
      client.socket.write('quit\n');
      return [...answers, await client.all()];
    };
    t.same(await said(ours.admin), await said(theirs.admin), talk.join(' | '));
  }
  for (const text of [
    `prompt\nprompt\n`,
    `${weight}\n${weight}\n`,
    `${weight}\r\n`,
    `prompt\nprompt;${weight}\n`,
    `${weight} <<\nx\n\n`,
  ])
    t.equal(
      await raw(ours.admin, text),
      await raw(theirs.admin, text),
      JSON.stringify(text),
    );
  const heads = async (line: string) => {
    const first = async (path: string) => (await raw(path, `${line}\n`)).split('\n')[0];
    t.equal(await first(ours.admin), await first(theirs.admin), JSON.stringify(line));
  };
  for (const line of ['', ' ', ';', 'help', 'help show', 'show', 'set', 'disable'])
    await heads(line);
});
