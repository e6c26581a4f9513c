import type { CDPSession } from 'playwright-core';
import t from 'tap';
import { openBrowser, picture, visit } from '../../../support/browser.ts';
import { lab } from '../../../support/lab.ts';
import { until } from '../../../support/site.ts';
import {
  manyServices,
  serveDouble,
  trafficIn,
  webDouble,
} from '../../../support/web-double.ts';

t.setTimeout(110_000);

const FIRST_PAINT_MS = 1_000;
const MOST_TRIES = 15;
const UPDATE_MS = 100;
/** Others use the machine too: what the page costs is the least of several. */
const TRIES = 5;

/** What script has cost the page's thread so far, in seconds of processor time. */
async function scriptTime(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Infinity;
}

t.test(
  '100 services of 20 real servers: quick to come, cheap to follow',
  lab('chromium'),
  async (t) => {
    const double = webDouble(manyServices(100, 20));
    let document = await double.status(0);
    double.before = () => {
      document = trafficIn(document);
      double.setHead(document);
    };
    const { web, url } = await serveDouble(double);
    t.teardown(() => web.close());
    const browser = await openBrowser(t);

    const paints: number[] = [];
    // On a busy machine some more: what the page itself costs is the least of them.
    const isSlow = () => Math.min(...paints) >= FIRST_PAINT_MS;
    for (let n = 0; n < TRIES || (isSlow() && n < MOST_TRIES); n++) {
      const { page } = await visit(t, browser, url);
      await page.locator('.service').nth(99).waitFor({ state: 'attached' });
      paints.push(
        await page.evaluate<number>(
          "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity",
        ),
      );
      await page.context().close();
    }
    const paint = Math.min(...paints);
    t.ok(paint < FIRST_PAINT_MS, `first paint after ${paint.toFixed(0)} ms`);

    const { page, complaints } = await visit(t, browser, url);
    await page.locator('.service').nth(99).waitFor({ state: 'attached' });
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const follow = async (state: string) => {
      const [collected, began] = [double.collected, await scriptTime(session)];
      await until(() => double.collected >= collected + TRIES, 'updates');
      const ms = (1000 * ((await scriptTime(session)) - began)) / TRIES;
      t.ok(
        ms > 0 && ms < UPDATE_MS,
        `an update with all ${state}: ${ms.toFixed(1)} ms of script`,
      );
    };
    await follow('closed');
    await picture(page, 'many');
    await page.getByRole('button', { name: 'Open all' }).click();
    await page.locator('tbody tr').nth(1999).waitFor({ state: 'attached' });
    await follow('open');
    await page.locator('#filter').fill('10.2.77.1');
    await until(
      async () => (await page.locator('.service:visible').count()) === 1,
      'one is left',
    );
    t.equal(await page.locator('tbody tr:visible').count(), 10);
    t.same(complaints, []);
  },
);
