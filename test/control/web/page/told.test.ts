import t from 'tap';
import { picture } from '../../../support/browser.ts';
import { until } from '../../../support/site.ts';
import { serveDouble, webDouble } from '../../../support/web-double.ts';
import { REF } from '../../../support/web-users.ts';
import { pageTests, row, server } from '../../../support/web-visitor.ts';

t.setTimeout(110_000);
const { options, openPage } = await pageTests(t);

t.test('a lost connection is shown, and found again', options, async (t) => {
  const double = webDouble();
  const { page, web } = await openPage(t, double);
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
    const { page } = await openPage(t, double);
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
  const { page } = await openPage(t, double);
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
