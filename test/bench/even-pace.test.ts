import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import type { Pace, Paced } from '../../bench/load/protocol.ts';
import { Program } from '../../bench/program.ts';

const STALL_MS = 300;

t.test(
  'a server that stalls is slow to all requests that fell due meanwhile',
  async (t) => {
    let answered = 0;
    const server = createServer(async (_, response) => {
      // Once, in the midst of the load: it warms up with as many requests.
      if (++answered === 700)
        await new Promise((resolve) => setTimeout(resolve, STALL_MS));
      response.end('x'.repeat(128));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.teardown(() => server.close());
    const { port } = server.address() as AddressInfo;
    const place = { host: '127.0.0.1', port };
    // A single connection: a load that waits for answers would see one slow request of 500.
    const pace: Pace = { place, rate: 500, seconds: 1, connections: 1 };
    await using program = new Program<Paced>('load/even-pace', [JSON.stringify(pace)]);
    const { requests, p99, late } = await program.next(AbortSignal.timeout(20_000));
    t.equal(requests, 500);
    t.ok(late < p99, `the load was late by ${late} us`);
    t.ok(p99 > (STALL_MS * 1000) / 2, `p99 is ${p99} us`);
  },
);
