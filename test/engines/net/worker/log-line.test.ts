import t from 'tap';
import { stamp } from '../../../../lib/engines/net/worker/log/line.ts';
import { terminationCode } from '../../../../lib/engines/net/worker/log/termination.ts';

t.test('dates are local, with milliseconds, as HAProxy writes them', async (t) => {
  const at = new Date(2009, 1, 6, 12, 12, 51, 9).getTime();
  t.equal(stamp(at), '06/Feb/2009:12:12:51.009');
  t.equal(stamp(at + 434), '06/Feb/2009:12:12:51.443');
  t.equal(stamp(at + 60_000), '06/Feb/2009:12:13:51.009');
  t.equal(stamp(at), '06/Feb/2009:12:12:51.009', 'times may go back');
});

t.test('the letters are those of HAProxy 2.6', async (t) => {
  t.equal(terminationCode(undefined, 'data'), '--');
  t.same(
    (['client', 'server', 'client-silent', 'server-silent', 'resources'] as const).map(
      (ender) => [terminationCode(ender, 'connect'), terminationCode(ender, 'data')],
    ),
    [
      ['CC', 'CD'],
      ['SC', 'SD'],
      ['cC', 'cD'],
      ['sC', 'sD'],
      ['RC', 'RD'],
    ],
  );
  t.equal(terminationCode('down', 'connect'), 'D-');
  t.equal(terminationCode('killed', 'data'), 'K-');
  t.equal(terminationCode('server-silent', 'queue'), 'sQ');
  t.equal(terminationCode('client', 'queue'), 'CQ');
  t.equal(terminationCode('rule', 'connect'), 'PR');
});
