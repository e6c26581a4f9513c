import t from 'tap';
import type { Carriage } from '../../lib/director/carriage.ts';
import { readinessOf } from '../../lib/director/readiness.ts';
import type { ServiceOutcome } from '../../lib/model/engine.ts';
import { aReal, aService } from '../support/config.ts';
import { type Move, play } from '../support/pool-script.ts';
import { bad, good } from '../support/reports.ts';

const A = '10.1.1.21:80';
const service = aService({ reals: [aReal(A)] });

function seen(moves: readonly Move[], state: ServiceOutcome['state'] = 'carried') {
  const carriage: Carriage = {
    ...{ engine: 'net', reason: 'engine = net', refusal: undefined },
    outcome: { id: service.id, state },
  };
  return { pool: play(service, moves).pool, carriage, ready: true };
}
const UP = seen([[A, good()]]);
const DOWN = seen([[A, bad()]]);

t.test('a director is ready when one of its services can serve', async (t) => {
  t.same(readinessOf([['one', UP]]), {
    ready: true,
    words: '1 of 1 virtual services can serve',
  });
  const some = [
    ['one', UP],
    ['two', DOWN],
  ] as const;
  t.same(readinessOf(some), {
    ready: true,
    words: '1 of 2 virtual services can serve: two is down',
  });
  const none = ['a', 'b', 'c', 'd', 'e'].map((id) => [id, DOWN] as const);
  t.same(readinessOf(none), {
    ready: false,
    words: '0 of 5 virtual services can serve: a is down, b is down, c is down, 2 more',
  });
});

t.test('one that has no service to carry is ready', async (t) => {
  t.equal(readinessOf([]).ready, true);
});

t.test('a standby is, whose services wait for their addresses', async (t) => {
  t.equal(
    readinessOf([['one', seen([[A, good()]], 'waiting-for-address')]]).ready,
    true,
  );
  t.match(readinessOf([['one', seen([[A, bad()]], 'waiting-for-address')]]), {
    ready: false,
    words: /one is down/,
  });
});

t.test('one that starts, or cannot carry, is not', async (t) => {
  t.match(readinessOf([['one', { ...UP, ready: false }]]), {
    ready: false,
    words: /one is starting/,
  });
  t.match(readinessOf([['one', seen([[A, good()]], 'failed')]]), {
    ready: false,
    words: /one is failed/,
  });
});
