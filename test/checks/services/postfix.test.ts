import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { startPostfix } from '../../lab/servers/postfix.ts';
import { checkOnce, checkTarget } from '../../support/check-target.ts';
import { lab } from '../../support/lab.ts';

t.test(
  "Debian's Postfix is greeted and taken leave of",
  lab('postfix', 'openssl', 'root'),
  async (t) => {
    const goodbye = /disconnect from \S+ ehlo=1 quit=1 commands=2/;
    const { smtp, submission, closed, deaf, log } = await startPostfix(t);
    const banner = '220 mail.example.com ESMTP Postfix';
    for (const [what, fields, up, message] of [
      ['the port for mail', { port: smtp }, true, banner],
      ['IPv6', { family: 'inet6', address: '::1', port: smtp }, true, banner],
      [
        'the port for submission, which wants TLS later on',
        { service: 'submission', port: submission },
        true,
        banner,
      ],
      [
        'one that turns all away',
        { port: closed },
        false,
        'expected a 2xx banner, got "554 5.7.1 <localhost[127.0.0.1]>: Client host rejected: Access denied"',
      ],
      [
        'one that refuses EHLO and HELO',
        { port: deaf },
        false,
        'expected 2xx to EHLO or HELO, got "554 5.7.1 <localhost.localdomain>: Helo command rejected: Access denied"',
      ],
    ] satisfies [string, Partial<CheckTarget>, boolean, string][])
      await t.test(what, async (t) => {
        const result = await checkOnce(checkTarget({ service: 'smtp', ...fields }));
        t.same(result, { up, message });
      });
    // Its log comes by way of another process.
    while (!goodbye.test(log())) await sleep(20);
    t.notMatch(log(), 'lost connection after EHLO');
    t.notMatch(log(), 'improper command pipelining');
  },
);
