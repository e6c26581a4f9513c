import t from 'tap';
import { openPing } from '../../lib/checks/ping.ts';
import { checkOnce, checkTarget } from '../support/check-target.ts';
import { lab } from '../support/lab.ts';

for (const [family, address] of [
  ['inet', '127.0.0.1'],
  ['inet6', '::1'],
] as const)
  t.test(`an echo over ${family} is up`, lab('root', 'net-ping'), async (t) => {
    const result = await checkOnce(checkTarget({ checktype: 'ping', family, address }));
    t.same(result, { up: true, message: 'echo received' });
  });

t.test('connect over UDP is a ping', lab('root', 'net-ping'), async (t) => {
  const target = checkTarget({ checktype: 'connect', protocol: 'udp', port: 53 });
  t.same(await checkOnce(target), { up: true, message: 'echo received' });
});

t.test(
  'many targets share the socket, and each gets its own answer',
  lab('root', 'net-ping'),
  async (t) => {
    const check = await openPing();
    t.teardown(() => check.close?.());
    const context = () => ({
      signal: new AbortController().signal,
      matches: async () => true,
    });
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        check(
          checkTarget({ checktype: 'ping', address: `127.0.0.${index + 1}` }),
          context(),
        ),
      ),
    );
    t.equal(results.filter(({ up }) => up).length, 200);
  },
);

t.test(
  'silence is down after checkcount echoes',
  lab('namespaces', 'net-ping'),
  async (t) => {
    // Class E is routed nowhere: the kernel refuses, or nobody answers.
    const target = checkTarget({
      checktype: 'ping',
      address: '240.0.0.1',
      checkcount: 2,
      checktimeoutMs: 100,
    });
    const { up, message } = await checkOnce(target);
    t.equal(up, false);
    t.match(message, '240.0.0.1');
  },
);

t.test('an aborted ping ends at once', lab('root', 'net-ping'), async (t) => {
  const target = checkTarget({ checktype: 'ping', address: '127.0.0.1' });
  const { up } = await checkOnce(target, AbortSignal.abort(new Error('gone')));
  t.equal(up, false);
});
