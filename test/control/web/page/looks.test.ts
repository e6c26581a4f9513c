import t from 'tap';
import { barriers, picture } from '../../../support/browser.ts';
import { webDouble } from '../../../support/web-double.ts';
import { ofAllKinds } from '../../../support/web-kinds.ts';
import { REF } from '../../../support/web-users.ts';
import { pageTests, row, server } from '../../../support/web-visitor.ts';

t.setTimeout(110_000);
const { options, openPage } = await pageTests(t);

t.test('what does not fit goes out of sight', options, async (t) => {
  const { page } = await openPage(t, webDouble(ofAllKinds()));
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

t.test(
  'from a phone to a wide screen, dark and light, nobody is kept out',
  options,
  async (t) => {
    for (const scheme of ['light', 'dark'] as const)
      for (const width of [320, 768, 1280, 1920]) {
        const { page, complaints, hosts, url } = await openPage(
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
  const { page } = await openPage(t, webDouble());
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
