import t from 'tap';
import { compile } from '../../../lib/engines/nftables/compile.ts';
import {
  commandsOf,
  diff,
  noChange,
  onlyRules,
} from '../../../lib/engines/nftables/diff.ts';
import type { Command } from '../../../lib/engines/nftables/json.ts';
import type { Part } from '../../../lib/engines/nftables/part.ts';
import { Sources } from '../../../lib/engines/nftables/sources.ts';
import type { ServiceEntry } from '../../../lib/model/engine.ts';
import { serverAt } from '../../support/engine-rig.ts';
import { entry } from '../../support/kernel-stage.ts';

function partOf(entry: ServiceEntry): Part {
  return compile(
    new Sources(() => ({ active: 0, inactive: 0, opened: 0, silent: 0 })).next(entry),
  );
}

function sent(
  before: ServiceEntry | undefined,
  after: ServiceEntry | undefined,
): Command[] {
  const change = noChange();
  diff('t', before && partOf(before), after && partOf(after), change);
  return commandsOf('t', change);
}

/** `flush chain tcp/10.1.1.19/80`. */
function words(command: Command): string {
  return Object.entries(command)
    .map(([verb, what]) => {
      const [[kind, { chain, name }] = ['', {}]] = Object.entries(
        what as Record<string, { chain?: string; name?: string }>,
      );
      return `${verb} ${kind} ${chain ?? name}`;
    })
    .join();
}

const servers = (...weights: readonly number[]) =>
  weights.map((weight, index) => serverAt(`10.1.1.2${index + 1}`, 80, { weight }));
const both = entry({ scheduler: 'wrr' }, servers(1, 1));

t.test('what is the same is not sent', (t) => {
  t.strictSame(sent(both, { ...both }), []);
  t.end();
});

t.test('a new weight is a new list of slots, and the word of it', (t) => {
  const after = { ...both, servers: servers(1, 3) };
  t.strictSame(sent(both, after).map(words), [
    'flush chain tcp/10.1.1.19/80',
    'add rule tcp/10.1.1.19/80',
    'add rule tcp/10.1.1.19/80', // for who meets the change
    'flush chain tcp/10.1.1.19/80/weights',
    'add rule tcp/10.1.1.19/80/weights',
    'add rule tcp/10.1.1.19/80/weights',
  ]);
  t.end();
});

t.test('a new weight is rules and nothing else, whatever the service', (t) => {
  const cases: Readonly<Record<string, readonly [ServiceEntry, boolean]>> = {
    plain: [both, true],
    persistent: [entry({ scheduler: 'wrr', persistent: 300 }, servers(1, 1)), true],
    'of different ports': [
      entry({ scheduler: 'wrr' }, [
        serverAt('10.1.1.21', 80),
        serverAt('10.1.1.22', 8080),
      ]),
      true,
    ],
    'that nobody has any more': [entry({}, servers(0, 1)), false],
  };
  for (const [name, [before, rules]] of Object.entries(cases)) {
    const [one, ...others] = before.servers;
    const weight = rules ? 5 : 0;
    const rest = others.map((server) => (rules ? server : { ...server, weight: 0 }));
    const after = { ...before, servers: [{ ...one, weight } as never, ...rest] };
    const change = noChange();
    diff('t', partOf(before), partOf(after), change);
    t.equal(onlyRules(change), rules, name);
  }
  t.end();
});

t.test(
  'a server that leaves takes its weight along, and leaves what counts it',
  (t) => {
    const after = { ...both, servers: both.servers.slice(0, 1) };
    t.strictSame(sent(both, after).map(words), [
      'flush chain tcp/10.1.1.19/80',
      'add rule tcp/10.1.1.19/80',
      'flush chain tcp/10.1.1.19/80/weights',
      'add rule tcp/10.1.1.19/80/weights',
    ]);
    t.end();
  },
);

t.test('a service whose last server goes is reached no more', (t) => {
  const after = { ...both, servers: [] };
  const told = sent(both, after).map(words);
  t.strictSame(
    told.filter((line) => line.includes('element')),
    ['delete element services/ip'],
    'what counts stays',
  );
  t.ok(told.includes('delete chain tcp/10.1.1.19/80'));
  t.end();
});

t.test('a service that leaves takes all of it along, users of a thing first', (t) => {
  const told = sent(both, undefined).map(words);
  const last = (what: RegExp) => told.findLastIndex((line) => what.test(line));
  const first = (what: RegExp) => told.findIndex((line) => what.test(line));
  t.ok(last(/^delete element/) < first(/^flush chain/));
  t.ok(last(/^flush chain/) < first(/^delete chain/));
  const counters = told.filter((line) =>
    /element services\/ip\/(opened|in|out)$/.test(line),
  );
  t.equal(counters.length, 6, 'three of each server');
  t.end();
});

t.test('servers of different ports have a chain each, which goes with them', (t) => {
  const before = entry({ scheduler: 'wrr' }, [
    serverAt('10.1.1.21', 80),
    serverAt('10.1.1.22', 8080),
  ]);
  const told = sent(before, { ...before, servers: before.servers.slice(0, 1) });
  t.strictSame(told.map(words), [
    'flush chain tcp/10.1.1.19/80',
    'add rule tcp/10.1.1.19/80',
    'flush chain tcp/10.1.1.19/80/weights',
    'add rule tcp/10.1.1.19/80/weights',
    'flush chain tcp/10.1.1.19/80/10.1.1.21/80',
    'flush chain tcp/10.1.1.19/80/10.1.1.22/8080',
    'delete chain tcp/10.1.1.19/80/10.1.1.22/8080',
    'delete chain tcp/10.1.1.19/80/10.1.1.21/80',
  ]);
  t.end();
});

t.test('clients that persist are forgotten with the server that left', (t) => {
  const before = entry({ persistent: 300 }, servers(1, 1));
  const after = { ...before, servers: before.servers.slice(0, 1) };
  const told = sent(before, after).map(words);
  t.ok(told.includes('flush set tcp/10.1.1.19/80/10.1.1.22/80'));
  t.notOk(told.some((line) => line.startsWith('delete set')));
  t.end();
});
