import t from 'tap';
import {
  Pulses,
  pulseMemory,
  startPulse,
} from '../../../../lib/engines/net/crew/pulses.ts';

function pulses(workers: number) {
  const memory = pulseMemory(workers);
  const clock = { now: 5000 };
  const watched = new Pulses(memory, () => clock.now, 2000);
  for (let worker = 0; worker < workers; worker++) watched.started(worker);
  const look = (afterMs: number) => {
    clock.now += afterMs;
    return [...watched.look()];
  };
  return { memory, watched, look, clock };
}

t.test('the silence of each worker adds up until it shows life', async (t) => {
  const { memory, look } = pulses(2);
  startPulse(memory, 0);
  startPulse(memory, 1);
  t.same(look(500), [0, 0]);
  t.same(look(500), [500, 500]);
  startPulse(memory, 1);
  t.same(look(600), [1100, 0]);
  t.same(look(500), [1600, 500]);
});

t.test('a time in which nobody looked counts for two looks at most', async (t) => {
  const { memory, look } = pulses(1);
  startPulse(memory, 0);
  t.same(look(500), [0]);
  t.same(look(3_600_000), [1000], 'the process was stopped');
  t.same(look(500), [1500]);
});

t.test('one that never begins is silent from its start on', async (t) => {
  const { memory, watched, look } = pulses(2);
  t.same(look(500), [500, 500]);
  startPulse(memory, 1);
  t.same(look(500), [1000, 0]);
  t.same(
    [0, 1].map((worker) => watched.patienceMs(worker)),
    [10_000, 2000],
  );
  t.same(look(500), [1500, 500]);
});

t.test('who takes a place is not judged by the time before its start', async (t) => {
  const { memory, watched, look, clock } = pulses(1);
  startPulse(memory, 0);
  look(500);
  t.same(look(500), [500]);
  watched.forget(0);
  t.same(look(500), [0], 'nobody is there');
  clock.now += 400;
  watched.started(0);
  t.equal(watched.patienceMs(0), 10_000);
  t.same(look(100), [100]);
  t.same(look(500), [600]);
  startPulse(memory, 0);
  t.same(look(500), [0]);
});
