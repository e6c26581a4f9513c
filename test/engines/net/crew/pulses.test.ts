import t from 'tap';
import {
  Pulses,
  pulseMemory,
  startPulse,
} from '../../../../lib/engines/net/crew/pulses.ts';

function pulses(workers: number) {
  const memory = pulseMemory(workers);
  const clock = { now: 5000 };
  const watched = new Pulses(memory, () => clock.now);
  const look = (afterMs: number) => {
    clock.now += afterMs;
    return [...watched.look()];
  };
  return { memory, watched, look };
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

t.test('who has not begun is not silent, nor is whoever takes a place', async (t) => {
  const { memory, watched, look } = pulses(2);
  t.same(look(500), [0, 0]);
  startPulse(memory, 1);
  look(500);
  t.same(look(500), [0, 500]);
  watched.forget(1);
  t.same(look(500), [0, 0]);
  t.same(look(500), [0, 0]);
  startPulse(memory, 1);
  t.same(look(500), [0, 0]);
});
