import t, { type Test } from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import type { ServiceOptions } from '../../../lib/model/virtual-service.ts';
import { rigFor, tableOf, until } from '../../support/engine-rig.ts';

const CLIENTS = 200;

/** What a server gets of clients that say a word and reset at once: most of them before they are accepted. */
async function wordsOf(t: Test, options: Partial<ServiceOptions>): Promise<string[]> {
  const rig = rigFor(t, createNetEngine());
  const service = await rig.service({}, options);
  const words: string[] = [];
  const server = await rig.server((socket) => {
    const at = words.push('') - 1;
    socket.on('data', (text) => {
      words[at] = `${words[at]}${text}`;
    });
  });
  await rig.engine.apply(tableOf(service, server.entry()));
  for (let n = 0; n < CLIENTS; n++) {
    const client = await rig.client(service);
    client.write('word');
    client.resetAndDestroy();
  }
  await until(async () => (await rig.stats(service)).acceptedConnections === CLIENTS);
  const open = () => rig.engine.workers().some((one) => one.openConnections > 0);
  await until(() => !open());
  return words;
}

t.test('no list is passed by a reset before the accept', async (t) => {
  t.same(await wordsOf(t, { deny: ['127.0.0.0/8'] }), []);
});

t.test('nor a limit', async (t) => {
  const sourceRate = { connections: 1, windowMs: 1_000_000 };
  const words = await wordsOf(t, { sourceRate });
  t.ok(words.length <= 1, `${words.length} of ${CLIENTS}`);
});

t.test(
  'no server takes its words for the own ones of who sends a header',
  async (t) => {
    for (const sendProxy of ['v1', 'v2'] as const) {
      const words = await wordsOf(t, { sendProxy });
      const known = sendProxy === 'v1' ? 'PROXY TCP4 127' : '\r\n\r\n\0\r\nQUIT\n!';
      t.same(
        words.filter((text) => text !== '' && !text.startsWith(known)),
        [],
      );
    }
  },
);

t.test('a header of a listed proxy is nothing for a server', async (t) => {
  const words = await wordsOf(t, { acceptProxy: ['127.0.0.0/8'] });
  t.same(words, []);
});
