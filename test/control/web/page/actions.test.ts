import t from 'tap';
import { picture } from '../../../support/browser.ts';
import { until } from '../../../support/site.ts';
import { agentStatus } from '../../../support/status.ts';
import { webDouble } from '../../../support/web-double.ts';
import { REF } from '../../../support/web-users.ts';
import { pageTests, row, server } from '../../../support/web-visitor.ts';

t.setTimeout(110_000);
const { options, openPage } = await pageTests(t);

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
  const { page, complaints } = await openPage(t, double);
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
    const { page } = await openPage(t, double);
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

t.test('what an agent holds is shown, and can be ended', options, async (t) => {
  const double = webDouble();
  const agent = agentStatus({ down: 'fail (disk full)' });
  double.set(REF, { state: 'down', weight: 0, agent });
  const { page, complaints } = await openPage(t, double);
  await server(page, REF.real).click();
  await page.getByText('50%, fail (disk full)').waitFor();
  const enable = page.getByRole('button', { name: 'Enable', exact: true });
  t.ok(await enable.isEnabled(), 'while it holds the server');
  double.set(REF, { state: 'up', weight: 5, agent: agentStatus() });
  await page.getByText('50%', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await server(page, REF.real).click();
  t.notOk(await enable.isEnabled(), 'not when there is nothing to end');
  t.same(complaints, []);
});

t.test('what would not outlive the director is said', options, async (t) => {
  const double = webDouble();
  const { change } = double.desk;
  const warning = 'in force, but it would not outlive the director: a full disk';
  double.desk.change = async (...asked) => ({
    ...(await change(...asked)),
    warning,
  });
  const { page } = await openPage(t, double);
  await server(page, REF.real).click();
  await page.getByRole('button', { name: 'Maintenance' }).click();
  await page.getByRole('button', { name: 'Put into maintenance' }).click();
  await page.getByRole('status').getByText(`${REF.real} is in maintenance`).waitFor();
  await page
    .getByRole('alert')
    .getByText(`${REF.real} is in maintenance: ${warning}`)
    .waitFor();
});

t.test('all of it works without a mouse', options, async (t) => {
  const double = webDouble();
  const { page } = await openPage(t, double);
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
  await tabTo(REF.service);
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
  const { page } = await openPage(t, webDouble());
  await server(page, REF.real).click();
  await page.getByText('negotiate: 503 Service Unavailable').waitFor();
  t.equal(await page.locator('.checks li').count(), 20);
});
