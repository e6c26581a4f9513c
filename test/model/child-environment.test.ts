import t from 'tap';
import { childEnvironment } from '../../lib/model/child-environment.ts';

t.test('a child gets all but what is for the director alone', (t) => {
  const kept = {
    PATH: '/usr/bin',
    HOME: '/root',
    LANG: 'C',
    HTTP_PROXY: 'x',
    NODE_ENV: 'y',
  };
  const own = {
    ...kept,
    NOTIFY_SOCKET: '/run/systemd/notify',
    WATCHDOG_USEC: '1',
    WATCHDOG_PID: '1',
    LISTEN_FDS: '1',
    LISTEN_PID: '1',
    LISTEN_FDNAMES: 'web',
    NODE_OPTIONS: '--inspect',
    NODE_CHANNEL_FD: '3',
    L4DIRECTOR_DETACHED: '1',
    L4DIRECTOR_SUCCEEDS: '1 2',
  };
  t.strictSame(childEnvironment(own), kept);
  t.end();
});
