import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { barriers, picture } from '../../../support/browser.ts';
import { webDouble } from '../../../support/web-double.ts';
import { ANNA, BERT, REF } from '../../../support/web-users.ts';
import { logIn, pageTests, row, server } from '../../../support/web-visitor.ts';

t.setTimeout(110_000);
const { options, openPage } = await pageTests(t);

t.test(
  'who has no password stays outside, and who has may come in',
  options,
  async (t) => {
    const { page, complaints } = await openPage(t, webDouble(), { users: [ANNA] });
    await logIn(page, 'anna', 'hunter3');
    await page.getByText('wrong user or password').waitFor();
    t.equal(await page.getByLabel('Password').inputValue(), '');
    t.equal(await page.getByRole('table').count(), 0, 'nothing is to be seen');
    t.same(await barriers(page), []);
    await picture(page, 'login');
    await logIn(page, 'anna', 'hunter2');
    await row(page, REF.real).waitFor();
    t.match(await page.getByRole('banner').textContent(), 'anna');
    await page.reload();
    await row(page, REF.real).waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('User').waitFor();
    // What the browser itself says of answers with 401.
    t.same(
      complaints.filter((text) => !/status of 401/.test(text)),
      [],
    );
  },
);

t.test('who may look only finds nothing to change', options, async (t) => {
  const { page, web } = await openPage(t, webDouble(), { users: [ANNA, BERT] });
  await logIn(page, 'bert', 'hunter2');
  await server(page, REF.real).click();
  await page.getByText('You may look only').waitFor();
  t.equal(await page.getByRole('button', { name: 'Drain' }).count(), 0);
  await page.keyboard.press('Escape');
  web.users([ANNA]);
  await page.getByLabel('User').waitFor({ timeout: 20_000 });
  t.pass('and is asked for a password when the session has ended');
});

t.test('another site can make the browser change nothing', options, async (t) => {
  const double = webDouble();
  const { page, url } = await openPage(t, double);
  const body = JSON.stringify({ ...REF, state: 'maintenance', withinSeconds: 0 });
  const evil = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<p>evil');
  }).listen(0, '127.0.0.1');
  t.teardown(() => evil.close());
  await once(evil, 'listening');
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.url() === `${url}/api/drain`) sent.push(request.method());
  });
  // The same host at another port: the browser sends the cookie.
  await page.goto(`http://127.0.0.1:${(evil.address() as AddressInfo).port}/`);
  await page.evaluate(
    async ([url = '', body = '']) => {
      const send = {
        method: 'POST',
        mode: 'no-cors',
        credentials: 'include',
        body,
      } as const;
      await fetch(`${url}/api/drain`, send).catch(() => undefined);
      const json = { 'content-type': 'application/json', 'x-csrf-token': 'x' };
      await fetch(`${url}/api/drain`, { ...send, mode: 'cors', headers: json }).catch(
        () => undefined,
      );
    },
    [url, body],
  );
  t.ok(sent.includes('POST'), 'it was asked to');
  t.same(double.orders, []);
});
