import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import t, { type Test } from 'tap';
import type { WebUser } from '../../lib/config/web.ts';
import type { ServiceStatus } from '../../lib/model/status.ts';
import { barriers, openBrowser, picture, visit } from '../support/browser.ts';
import { lab } from '../support/lab.ts';
import { until } from '../support/site.ts';
import { realStatus, serviceStatus } from '../support/status.ts';
import {
  HUNTER2,
  serveDouble,
  type WebDouble,
  webDouble,
} from '../support/web-double.ts';

t.setTimeout(110_000);
const options = lab('chromium');
const browser: Browser | undefined = options.skip ? undefined : await openBrowser(t);

const ANNA: WebUser = {
  name: 'anna',
  password: HUNTER2,
  role: 'admin',
};
const BERT: WebUser = { ...ANNA, name: 'bert', role: 'read-only' };
const WEB = 'tcp:10.1.1.19:80';
const REF = { service: WEB, real: '10.1.1.21:80' };

/** A service for each state that there is, with servers in every one. */
function ofAllKinds(): readonly ServiceStatus[] {
  const { check } = realStatus();
  const down = { ...realStatus(), weight: 0, state: 'down' } as const;
  const override = {
    state: 'drain',
    weight: null,
    by: 'page user anna',
    since: '2026-11-23T18:00:00.000Z',
  } as const;
  return [
    serviceStatus({
      persistent: 300,
      reals: [
        realStatus(),
        realStatus({
          id: '10.1.1.22:80',
          ...override,
          state: 'drain',
          weight: 0,
          override,
        }),
        realStatus({
          ...down,
          id: '10.1.1.23:80',
          check: check && {
            ...check,
            up: false,
            message: 'connect ECONNREFUSED 10.1.1.23:80',
          },
        }),
        realStatus({
          id: 'fallback:127.0.0.1:80',
          fallback: true,
          weight: 0,
          check: null,
        }),
      ],
    }),
    serviceStatus({
      id: 'udp:[2001:db8::19]:53',
      state: 'fallback',
      scheduler: 'wlc',
      reals: [
        realStatus({ ...down, id: '[2001:db8::21]:53', state: 'maintenance' }),
        realStatus({
          ...down,
          id: '[2001:db8::22]:53',
          state: 'starting',
          check: null,
        }),
      ],
    }),
    serviceStatus({
      id: 'fwm:5',
      state: 'failed',
      problem: 'there is no engine for it',
      reals: [realStatus({ id: '10.1.1.31:0', state: 'unchecked' })],
    }),
    serviceStatus({ id: 'tcp:10.1.1.20:25', state: 'down', reals: [] }),
    serviceStatus({ id: 'tcp:10.1.1.20:26', state: 'waiting-for-address', reals: [] }),
  ];
}

async function open(
  t: Test,
  double: WebDouble,
  {
    users = [],
    width = 1280,
    scheme = 'light',
  }: { users?: readonly WebUser[]; width?: number; scheme?: 'light' | 'dark' } = {},
) {
  const served = await serveDouble(double, { users });
  t.teardown(() => served.web.close());
  if (!browser) throw new Error('no browser');
  const seen = await visit(t, browser, served.url, {
    viewport: { width, height: 900 },
    colorScheme: scheme,
  });
  if (users.length === 0) await seen.page.getByText('Live', { exact: true }).waitFor();
  return { ...served, ...seen };
}

const row = (page: Page, id: string) =>
  page
    .getByRole('row')
    .filter({ has: page.getByRole('button', { name: id, exact: true }) });
const server = (page: Page, id: string) =>
  page.getByRole('button', { name: id, exact: true });

async function login(page: Page, user: string, password: string): Promise<void> {
  await page.getByLabel('User').fill(user);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

t.test(
  'who has no password stays outside, and who has may come in',
  options,
  async (t) => {
    const { page, complaints } = await open(t, webDouble(), { users: [ANNA] });
    await login(page, 'anna', 'hunter3');
    await page.getByText('wrong user or password').waitFor();
    t.equal(await page.getByLabel('Password').inputValue(), '');
    t.equal(await page.getByRole('table').count(), 0, 'nothing is to be seen');
    t.same(await barriers(page), []);
    await picture(page, 'login');
    await login(page, 'anna', 'hunter2');
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
  const { page, web } = await open(t, webDouble(), { users: [ANNA, BERT] });
  await login(page, 'bert', 'hunter2');
  await server(page, REF.real).click();
  await page.getByText('You may look only').waitFor();
  t.equal(await page.getByRole('button', { name: 'Drain' }).count(), 0);
  await page.keyboard.press('Escape');
  web.users([ANNA]);
  await page.getByLabel('User').waitFor({ timeout: 20_000 });
  t.pass('and is asked for a password when the session has ended');
});

t.test('a weight is changed after a question, and put back', options, async (t) => {
  const double = webDouble();
  double.set(REF, {
    override: {
      state: 'ready',
      weight: 3,
      by: 'uid 0 (root)',
      since: '2026-11-23T18:00:00.000Z',
    },
    weight: 3,
  });
  const { page, complaints } = await open(t, double);
  await server(page, REF.real).click();
  await page.getByLabel('Weight').fill('7');
  await page.getByRole('button', { name: 'Set weight' }).click();
  await page.getByText(`Set the weight of ${REF.real} to 7?`).waitFor();
  t.same(double.orders, [], 'not before it is confirmed');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Set weight' }).click();
  await page.locator('.confirm').getByRole('button', { name: 'Set weight' }).click();
  await row(page, REF.real).getByText('weight 7, by page (no login)').waitFor();
  await picture(page, 'toast');
  await page.getByRole('button', { name: `Undo: ${REF.real} has weight 7` }).click();
  await row(page, REF.real).getByText('weight 3, by page (no login)').waitFor();
  t.same(double.orders, [
    `page (no login): weight of ${REF.real}: 3 -> 7`,
    `page (no login): weight of ${REF.real}: 7 -> 3`,
  ]);
  const timeline = page.getByRole('complementary', { name: 'Timeline' });
  await timeline.getByText(`weight of ${REF.real}: 7 → 3`).waitFor();
  t.same(complaints, []);
});

t.test(
  'what the director refuses is said, and nothing is claimed',
  options,
  async (t) => {
    const double = webDouble();
    const { page } = await open(t, double);
    await server(page, REF.real).click();
    await page.getByRole('button', { name: 'Maintenance' }).click();
    double.desk.change = () => {
      throw new Error('broken');
    };
    await page.getByRole('button', { name: 'Put into maintenance' }).click();
    await page.getByRole('alert').getByText('the director could not do it').waitFor();
    t.equal(await page.getByText('is in maintenance').count(), 0);
  },
);

t.test('all of it works without a mouse', options, async (t) => {
  const double = webDouble();
  const { page } = await open(t, double);
  const focus = () =>
    page.evaluate<string>('document.activeElement?.textContent ?? ""');
  const tabTo = async (text: string) => {
    for (let n = 0; n < 40 && (await focus()) !== text; n++)
      await page.keyboard.press('Tab');
    t.equal(await focus(), text);
  };
  await page.keyboard.press('Tab');
  t.equal(await focus(), 'Skip to the services');
  await page.keyboard.press('Enter');
  await tabTo(WEB);
  await page.keyboard.press('Enter');
  t.equal(await page.getByRole('table').count(), 0, 'the service is closed');
  await page.keyboard.press('Enter');
  await tabTo(REF.real);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: REF.real }).waitFor();
  await tabTo('Maintenance');
  await page.keyboard.press('Enter');
  t.equal(await focus(), 'Put into maintenance');
  await page.keyboard.press('Enter');
  await row(page, REF.real).getByText('maintenance', { exact: true }).waitFor();
  await until(async () => (await focus()) === REF.real, 'the focus is where it was');
  await tabTo('Undo');
  await page.keyboard.press('Enter');
  await row(page, REF.real).getByText('up', { exact: true }).waitFor();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  t.equal(double.orders.length, 2);
});

t.test('a click shows the last checks with their messages', options, async (t) => {
  const { page } = await open(t, webDouble());
  await server(page, REF.real).click();
  await page.getByText('negotiate: 503 Service Unavailable').waitFor();
  t.equal(await page.locator('.checks li').count(), 20);
});

t.test('a lost connection is shown, and found again', options, async (t) => {
  const double = webDouble();
  const { page, web } = await open(t, double);
  await web.close();
  await page.getByText(/Connection to the director lost at \d\d:\d\d:\d\d/).waitFor();
  await picture(page, 'lost');
  const again = await serveDouble(double, { port: web.port });
  t.teardown(() => again.web.close());
  await page.getByText('Live', { exact: true }).waitFor();
  await server(page, REF.real).click();
  await page.getByRole('button', { name: 'Maintenance' }).click();
  await page.getByRole('button', { name: 'Put into maintenance' }).click();
  await row(page, REF.real).getByText('maintenance', { exact: true }).waitFor();
  t.equal(double.orders.length, 1, 'with the new session');
});

t.test(
  'a director that does not answer, and a bad file, are told',
  options,
  async (t) => {
    const double = webDouble();
    const { page } = await open(t, double);
    double.setHead({ configError: 'a.cf:3: unknown directive' });
    await page
      .getByRole('alert')
      .getByText('The last reload was refused: a.cf:3')
      .waitFor();
    double.before = () => {
      throw new Error('engine is gone');
    };
    await page.getByText('The director does not answer: engine is gone').waitFor();
  },
);

t.test('changes are told to a screen reader, once', options, async (t) => {
  const double = webDouble();
  const { page } = await open(t, double);
  const happened = {
    type: 'real',
    ...REF,
    from: 'up',
    to: 'down',
    weight: 0,
    message: '503',
  } as const;
  for (let n = 0; n < 5; n++) double.happen(happened);
  await until(
    async () =>
      /10\.1\.1\.21:80 up → down.*2 more/.test(
        (await page.locator('#announcer').textContent()) ?? '',
      ),
    'they are announced',
  );
});

t.test('what does not fit goes out of sight', options, async (t) => {
  const { page } = await open(t, webDouble(ofAllKinds()));
  const shown = () => page.locator('.service:visible').count();
  const filter = page.getByLabel('Show only');
  t.equal(await shown(), 5);
  await filter.fill('10.1.1.23');
  t.equal(await shown(), 1);
  t.equal(await page.locator('tbody tr:visible').count(), 1);
  await filter.fill('no such');
  await page.getByText('Nothing fits.').waitFor();
  await filter.fill('');
  await page.getByRole('button', { name: 'Needs attention' }).click();
  t.equal(await row(page, REF.real).count(), 0);
  t.equal(await row(page, '10.1.1.23:80').count(), 1);
  await page.getByRole('button', { name: 'Needs attention' }).click();
  await page.getByRole('button', { name: 'Close all' }).click();
  t.equal(await page.locator('tbody tr:visible').count(), 0);
  await page.getByRole('button', { name: 'Open all' }).click();
  t.equal(await row(page, REF.real).count(), 1);
});

t.test('another site can make the browser change nothing', options, async (t) => {
  const double = webDouble();
  const { page, url } = await open(t, double);
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

t.test(
  'from a phone to a wide screen, dark and light, nobody is kept out',
  options,
  async (t) => {
    for (const scheme of ['light', 'dark'] as const)
      for (const width of [320, 768, 1280, 1920]) {
        const { page, complaints, hosts, url } = await open(
          t,
          webDouble(ofAllKinds()),
          { width, scheme },
        );
        const overflow = () =>
          page.evaluate<number>(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          );
        t.equal(await overflow(), 0, `${width} px: nothing stands out`);
        const known = page.getByRole('row', {
          name: /10\.1\.1\.23:80.*down|down.*10\.1\.1\.23:80/s,
        });
        t.equal(await known.count(), 1, 'a state has its word');
        if ([320, 1280].includes(width))
          t.same(await barriers(page), [], `${scheme}, ${width} px`);
        await picture(page, `${scheme}-${width}`);
        await server(page, '10.1.1.22:80').click();
        await page.getByText('negotiate: 503 Service Unavailable').waitFor();
        t.equal(await overflow(), 0);
        if (width === 320) t.same(await barriers(page), [], `${scheme}, the dialog`);
        await picture(page, `${scheme}-${width}-server`);
        t.same([complaints, [...hosts]], [[], [new URL(url).host]]);
        await page.context().close();
      }
  },
);

t.test('colours can be chosen, and are kept', options, async (t) => {
  const { page } = await open(t, webDouble());
  const paper = () =>
    page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  const light = await paper();
  const button = page.getByRole('button', { name: /Colours/ });
  await button.click();
  t.equal(await paper(), light);
  await button.click();
  const dark = await paper();
  t.not(dark, light);
  await page.reload();
  t.equal(await paper(), dark);
});
