import t from 'tap';
import { passOn, takePassed } from '../../lib/instance/passed-descriptors.ts';

const OWN = 4711;

t.test(
  'sockets are taken from a service manager that means this process',
  async (t) => {
    const cases = [
      [{ LISTEN_FDS: '2', LISTEN_PID: '4711' }, [3, 4]],
      [{ LISTEN_FDS: '2', LISTEN_PID: '4712' }, []],
      [{ LISTEN_FDS: '2' }, []],
      [{ LISTEN_PID: '4711' }, []],
      [{ LISTEN_FDS: '0', LISTEN_PID: '4711' }, []],
      [{ LISTEN_FDS: '-1', LISTEN_PID: '4711' }, []],
      [{ LISTEN_FDS: '1e9', LISTEN_PID: '4711' }, []],
      [{}, []],
    ] as const;
    for (const [env, expected] of cases)
      t.strictSame(takePassed({ ...env }, OWN), expected, JSON.stringify(env));
  },
);

t.test('and from a process of this program, which knows no pid', async (t) => {
  t.strictSame(takePassed({ ...passOn([7, 9, 12]) }, OWN), [3, 4, 5]);
  t.strictSame(passOn([]), {});
  const both = { LISTEN_FDS: '9', LISTEN_PID: '4711', ...passOn([5]) };
  t.strictSame(takePassed(both, OWN), [3]);
});

t.test('nobody else is passed them by the environment', async (t) => {
  const env = {
    LISTEN_FDS: '1',
    LISTEN_PID: '1',
    LISTEN_FDNAMES: 'web',
    LISTEN_PIDFDID: '7',
    ...passOn([3]),
    PATH: '/bin',
  };
  takePassed(env, OWN);
  t.strictSame(env, { PATH: '/bin' });
});
