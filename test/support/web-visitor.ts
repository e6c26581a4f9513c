import type { Page } from 'playwright-core';
import type { Test } from 'tap';
import type { WebUser } from '../../lib/config/web.ts';
import { openBrowser, visit } from './browser.ts';
import { lab } from './lab.ts';
import { serveDouble, type WebDouble } from './web-double.ts';

/** How a page is opened. */
interface Looks {
  readonly users?: readonly WebUser[];
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
}

/** One browser for the tests of a file: what they are run with, and how they open the page before a director that
 *  is none. It is live then, unless it asks for a password. */
export async function pageTests(t: Test) {
  const options = lab('chromium');
  const browser = options.skip ? undefined : await openBrowser(t);
  const openPage = async (t: Test, double: WebDouble, looks: Looks = {}) => {
    const { users = [], width = 1280, scheme = 'light' } = looks;
    if (!browser) throw new Error('no browser');
    const served = await serveDouble(double, { users });
    t.teardown(() => served.web.close());
    const seen = await visit(t, browser, served.url, {
      viewport: { width, height: 900 },
      colorScheme: scheme,
    });
    const live = seen.page.getByText('Live', { exact: true });
    if (users.length === 0) await live.waitFor();
    return { ...served, ...seen };
  };
  return { options, openPage };
}

/** The row of a server. */
export const row = (page: Page, id: string) =>
  page
    .getByRole('row')
    .filter({ has: page.getByRole('button', { name: id, exact: true }) });
/** What opens a server's dialog. */
export const server = (page: Page, id: string) =>
  page.getByRole('button', { name: id, exact: true });

export async function logIn(page: Page, user: string, password: string): Promise<void> {
  await page.getByLabel('User').fill(user);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}
