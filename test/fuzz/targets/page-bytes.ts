import fc from 'fast-check';
import { createWeb } from '../../../lib/control/web/index.ts';
import type { Log } from '../../../lib/model/log.ts';
import { silent } from '../../support/control.ts';
import { mutated } from '../inputs.ts';
import { SPICE } from '../support/corpus.ts';
import { exchange, LONG_PATIENCE_MS, pieces } from '../support/exchange.ts';
import { liveDirector } from '../support/live-director.ts';
import { demand, target } from '../target.ts';
import { PATHS } from './page.ts';

const HEAD = 'Host: 127.0.0.1\r\nContent-Type: application/json\r\n';
const LOGIN = '{"user":"otto","password":"x"}';
const GOOD = [
  ...PATHS.map((path) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`),
  `POST /api/login HTTP/1.1\r\n${HEAD}Content-Length: ${LOGIN.length}\r\n\r\n${LOGIN}`,
  `POST /api/login HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
  `PATCH /api/real HTTP/1.1\r\n${HEAD}Cookie: a=b\r\nContent-Length: 2\r\n\r\n{}`,
];
const WORDS = [
  ...[
    '\r\n\r\n',
    'HTTP/1.1',
    'Content-Length: 99999\r\n',
    'Expect: 100-continue\r\n',
    'Connection: close\r\n',
    'ffffffff\r\n',
  ],
  ...[
    'Cookie: l4director-1=x\r\n',
    'Origin: http://x\r\n',
    'Upgrade: websocket\r\nConnection: upgrade\r\n',
    '0\r\n\r\n',
  ],
  ...GOOD,
  ...SPICE,
];

/** Bytes at the page's port, through the real server. */
export const pageBytes = target({
  kind: 'talk',
  covers: 'lib/control/web/{index,app,visitors}.ts',
  boundMs: 2_000, // a password may be among it
  inputs: fc.tuple(mutated(GOOD, WORDS), fc.array(fc.nat(1_000), { maxLength: 3 })),
  async open() {
    const live = await liveDirector();
    const errors: string[] = [];
    const log: Log = { ...silent, error: (message) => void errors.push(message) };
    const { status, director } = live;
    const listen = { address: '127.0.0.1', port: 0 };
    const web = await createWeb({
      listen,
      tls: undefined,
      users: [],
      status,
      desk: director.desk,
      log,
    });
    const to = { host: '127.0.0.1', port: web.port };
    return {
      async take([text, cuts]: readonly [string, readonly number[]]) {
        await exchange(to, pieces(text, cuts));
        demand(errors.length === 0, () => errors.splice(0).join('\n'));
      },
      async [Symbol.asyncDispose]() {
        const said = await exchange(to, [GOOD[0] ?? ''], LONG_PATIENCE_MS);
        await web.close();
        await live[Symbol.asyncDispose]();
        demand(said.startsWith('HTTP/1.1 200'), () => `in the end it says ${said}`);
      },
    };
  },
});
