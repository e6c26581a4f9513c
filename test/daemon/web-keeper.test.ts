import { once } from 'node:events';
import { createServer } from 'node:net';
import t from 'tap';
import { keepWeb } from '../../lib/daemon/web.ts';
import { recordingDesk } from '../support/desk.ts';
import { recordingLog } from '../support/recording-log.ts';
import { statusDocument } from '../support/status.ts';
import { triedPort } from '../support/tried-port.ts';

t.test('a place that its holder is about to let go of is taken soon', async (t) => {
  const port = await triedPort();
  const holder = createServer().listen(port, '127.0.0.1');
  await once(holder, 'listening');
  const log = recordingLog();
  const status = async () => statusDocument();
  const page = keepWeb({ status, desk: recordingDesk(), log }, 5_000);
  t.teardown(() => page.close());
  const listen = { address: '127.0.0.1', port };
  await page.follow({ listen, tls: undefined, users: [] });
  t.same(log.take(), [], 'it is no error');
  holder.close();
  const limit = AbortSignal.timeout(5_000);
  await Promise.race([log.saw(/^Page at /), once(limit, 'abort')]);
  t.same(log.take(), [`Page at http://127.0.0.1:${port}/`]);
});
