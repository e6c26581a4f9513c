import type { Test } from 'tap';
import type { CheckTarget } from '../../lib/model/check.ts';
import { checkOnce } from './check-target.ts';
import { cutProxy } from './cut-proxy.ts';

type MakeTarget = (fields: Partial<CheckTarget>) => CheckTarget;

/** Without login or request nobody is asked. */
export async function requiredWords(t: Test, target: MakeTarget): Promise<void> {
  const as = 'missing: expected both, as in login = "monitor" and request = "SELECT 1"';
  for (const [fields, message] of [
    [{ login: '' }, `login ${as}`],
    [{ request: '/' }, `request ${as}`],
    [{ request: '/ ' }, `request ${as}`],
    [{ login: '', request: '/' }, `login and request ${as}`],
  ] as const)
    t.same(await checkOnce(target({ port: 1, ...fields })), { up: false, message });
}

/** Wherever the server's words are cut, by an end, a reset, silence or our own abort, the check
 *  ends, leaves no connection, and is up only if the row was through.
 *  @param port  of a server where the target is up */
export async function cutsEverywhere(
  t: Test,
  port: number,
  target: MakeTarget,
): Promise<void> {
  const whole = await cutProxy(t, port, Number.POSITIVE_INFINITY, () => {});
  await t.test('whole words are up', async (t) => {
    const { up, message } = await checkOnce(target({ port: whole.port }));
    t.equal(up, true, message);
    await whole.idle();
  });
  const length = whole.passed;
  for (const how of ['end', 'abort'] as const)
    await t.test(`words that are cut by an ${how}`, async (t) => {
      t.ok(length > 40, `${length} bytes`);
      for (let bytes = 1; bytes < length - 40; bytes += Math.ceil(length / 25)) {
        const stop = new AbortController();
        const proxy = await cutProxy(t, port, bytes, (end) => {
          if (how === 'end') end();
          else stop.abort(new Error('not wanted'));
        });
        const { up, message } = await checkOnce(
          target({ port: proxy.port }),
          stop.signal,
        );
        t.equal(up, false, `${bytes} of ${length} bytes: ${message}`);
        await proxy.idle();
        t.equal(proxy.open, 0);
      }
    });
}
