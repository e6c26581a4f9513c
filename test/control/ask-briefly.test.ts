import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { askBriefly } from '../../lib/control/ask-briefly.ts';
import { Refused } from '../../lib/control/index.ts';
import { socketPath } from '../support/socket-path.ts';

/** What a program at the place of a director's socket says once it was asked. */
async function saying(t: Test, say: (client: Socket) => void) {
  const path = socketPath(t);
  const server = createServer((client) => {
    client.on('error', () => {}).once('data', () => say(client));
  });
  t.teardown(() => server.close());
  await once(server.listen(path), 'listening');
  return path;
}

const http = (status: string, body: string, length = body.length) =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`;

t.test(
  'an answer is what its JSON holds, and a refusal is told in its words',
  async (t) => {
    const good = await saying(t, (client) =>
      client.end(http('200 OK', '{"ready":true}')),
    );
    t.same(await askBriefly(good, '/v1/ready', 5_000), { ready: true });
    const bad = await saying(t, (client) => {
      client.end(http('503 Service Unavailable', '{"error":"not yet"}'));
    });
    await t.rejects(askBriefly(bad, '/', 5_000), new Refused(503, 'not yet'));
  },
);

t.test('what is no answer of a director is told in words', async (t) => {
  const cases: readonly (readonly [RegExp, (client: Socket) => void])[] = [
    [/did not answer as a director does/, (client) => client.end('220 mail\r\n\r\n')],
    [
      /did not answer as a director does/,
      (client) => client.end('HTTP/1.1 200 OK\r\n\r\n{}'),
    ],
    [/did not answer as a director does/, (client) => client.end('x'.repeat(1 << 20))],
    [/JSON/, (client) => client.end(http('200 OK', 'no JSON'))],
    [/has ended the connection/, (client) => client.end()],
    [/has ended the connection/, (client) => client.end(http('200 OK', '{}', 3))],
    [
      /does not answer on \S+ within 0.2 s/,
      (client) => client.write('HTTP/1.1 200 OK\r\n'),
    ],
  ];
  for (const [message, say] of cases)
    await t.rejects(
      askBriefly(
        await saying(t, say),
        '/',
        /within/.test(String(message)) ? 200 : 5_000,
      ),
      { message },
    );
  await t.rejects(askBriefly(socketPath(t), '/', 5_000), {
    message: /no director is running/,
  });
});
