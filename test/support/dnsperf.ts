import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Test } from 'tap';

interface Load {
  /** Queries in flight at once, at most. */
  readonly outstanding: number;
  readonly seconds: number;
  /** Queries a second, at most. */
  readonly rate: number;
}

interface Report {
  readonly sent: number;
  readonly completed: number;
  readonly lost: number;
}

/** Debian's dnsperf, from four ports; asks for one TXT record over and over. */
export async function dnsperf(
  t: Pick<Test, 'testdir'>,
  { address, port }: { readonly address: string; readonly port: number },
  { outstanding, seconds, rate }: Load,
): Promise<Report> {
  const folder = t.testdir({ queries: 'who.lab.test TXT\n' });
  const { stdout } = await promisify(execFile)('dnsperf', [
    ...['-s', address, '-p', String(port), '-d', join(folder, 'queries')],
    ...['-c', '4', '-q', String(outstanding), '-Q', String(rate)],
    ...['-l', String(seconds), '-t', '1.5'],
  ]);
  const count = (what: string) =>
    Number(new RegExp(`Queries ${what}:\\s+(\\d+)`).exec(stdout)?.[1] ?? Number.NaN);
  return { sent: count('sent'), completed: count('completed'), lost: count('lost') };
}
