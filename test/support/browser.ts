import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import type { Test } from 'tap';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PAGE = new URL('../../lib/control/web/page/', import.meta.url);
/** What people may want to look at; git ignores it. */
const ARTEFACTS = join(ROOT, 'artefacts', 'page');
/** On a machine that others use too. */
const PATIENCE_MS = 40_000;

/** Debian's Chromium, without a window; closed with the file. */
export async function openBrowser(t: Test): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  t.teardown(() => browser.close());
  return browser;
}

/** A page in a browser of its own, and what it did that it should not. */
export interface Visit {
  readonly page: Page;
  /** Messages of the console and errors that nobody caught. */
  readonly complaints: string[];
  /** Hosts that were asked for anything. */
  readonly hosts: ReadonlySet<string>;
}

/** @param path  to open; undefined: none yet */
export async function visit(
  t: Test,
  browser: Browser,
  url: string | undefined,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  await page.coverage.startJSCoverage({ resetOnNavigation: false });
  t.teardown(() => end(context, page));
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  if (url !== undefined) await page.goto(url);
  return { page, complaints, hosts };
}

async function end(context: BrowserContext, page: Page): Promise<void> {
  if (!page.isClosed()) keepCoverage(await page.coverage.stopJSCoverage());
  await context.close();
}

/** V8 counts in the browser as it does in Node: where somebody collects that, it goes along. */
function keepCoverage(entries: readonly { readonly url: string }[]): void {
  const folder = process.env.NODE_V8_COVERAGE;
  if (!folder) return;
  const result = entries.map((entry) => {
    const file = new URL(entry.url).pathname.slice(1);
    return { ...entry, url: new URL(file, PAGE).href };
  });
  const name = `coverage-${process.pid}-${Date.now()}-${Math.random()}.json`;
  writeFileSync(join(folder, name), JSON.stringify({ result }));
}

/** Keeps a picture of what is to be seen. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(ARTEFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTEFACTS, `${name}.png`) });
}

/** What keeps people out, as axe finds it: serious and critical, a line each. */
export async function barriers(page: Page): Promise<readonly string[]> {
  // By the protocol, past the page's own policy.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
    );
}
