import t from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { startInnd } from '../../lab/servers/innd.ts';
import { checkOnce, checkTarget, pattern } from '../../support/check-target.ts';
import { lab } from '../../support/lab.ts';

t.test("Debian's INN greets its readers", lab('innd', 'root'), async (t) => {
  const port = await startInnd(t);
  const closed = await startInnd(t, '192.0.2.1');
  const nntp = { service: 'nntp', port };
  const talk = { service: 'simpletcp', port, request: '/CAPABILITIES\\nQUIT\\n' };
  const asked = { ...talk, receive: pattern('^VERSION 2') };
  for (const [what, fields, up, message] of [
    ['a reader', nntp, true, '200 news.lab.test InterNetNews NNRP server'],
    [
      'nobody',
      { ...nntp, port: closed },
      false,
      'a greeting that starts with 2, got "502',
    ],
    ['simpletcp', asked, true, 'got "VERSION 2"'],
    [
      'simpletcp, another answer',
      { ...asked, receive: pattern('^VERSION 3') },
      false,
      /expected a line matching \/\^VERSION 3\/; got \d+ others, the last "205/,
    ],
    ['sip', { service: 'sip', port }, false, 'expected SIP/2.0 200, got "200 news'],
  ] satisfies [string, Partial<CheckTarget>, boolean, string | RegExp][])
    for (const address of ['127.0.0.1', '::1'])
      await t.test(`${what}, ${address}`, async (t) => {
        const result = await checkOnce(checkTarget({ ...fields, address }));
        t.equal(result.up, up, result.message);
        t.match(result.message, message);
      });
});
