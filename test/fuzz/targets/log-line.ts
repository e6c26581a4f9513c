import fc from 'fast-check';
import { logLine, stamp } from '../../../lib/engines/net/worker/log/line.ts';
import type { Ender } from '../../../lib/engines/net/worker/log/termination.ts';
import { demand, pure } from '../target.ts';

/** HAProxy's tcplog form. */
const LINE =
  /^(\S+):(\d+) \[(\d{2}\/\w{3}\/\d{4}:\d{2}:\d{2}:\d{2}\.\d{3})\] (\S+) (\S+)\/(\S+) (-?\d+)\/(-?\d+)\/(\d+) (\d+) ([CScsRDKP-][DCQR-]) (\d+)\/(\d+)\/(-?\d+)\/(\d+)\/\+?(\d+) 0\/(\d+)(?: ([a-z\d._-]+))?\n$/;
const ENDERS: readonly (Ender | undefined)[] = [
  ...([undefined, 'client', 'server', 'client-silent', 'server-silent'] as const),
  ...(['resources', 'rule', 'down', 'killed', 'header', 'header-silent'] as const),
];
const count = fc.nat(2 ** 31 - 1);
const trace = fc.record({
  address: fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV4().map((four) => `::ffff:${four}`),
    fc.constant('-'),
  ),
  port: fc.nat(65_535),
  at: fc.integer({ min: 0, max: 4_102_444_800_000 }),
  server: fc.option(
    fc.ipV4().map((address) => ({ id: `${address}:80` })),
    { nil: undefined },
  ),
  connectMs: fc.integer({ min: -1, max: 2 ** 31 }),
  elapsedMs: count,
  queueMs: fc.integer({ min: -1, max: 2 ** 31 }),
  isWaiting: fc.boolean(),
  ahead: count,
  retries: fc.nat(5),
  ender: fc.constantFrom(...ENDERS),
  frontend: fc.constantFrom(undefined, 'tcp:10.1.1.19:443'),
  host: fc.constantFrom(undefined, '-', 'www.example.com'),
});

/** A line of the connection log. */
export const logLines = pure({
  covers: 'lib/engines/net/worker/log/{line,termination}.ts',
  boundMs: 100,
  inputs: fc.record({
    service: fc.oneof(
      fc.ipV4().map((four) => `tcp:${four}:80`),
      fc.ipV6().map((six) => `udp:[${six}]:53`),
      fc.constant('fwm:5'),
    ),
    trace,
    bytes: fc.maxSafeNat(),
    concurrency: fc.record({ process: count, service: count, server: count }),
  }),
  take({ service, trace, bytes, concurrency }) {
    // Of a server the line has its id only.
    const line = logLine(
      service,
      trace as unknown as Parameters<typeof logLine>[1],
      bytes,
      concurrency,
    );
    const fields = LINE.exec(line) ?? [];
    const [, , port, at, front, back, server, queue, connect, total, sent] = fields;
    const [ahead, host] = fields.slice(-2);
    demand(port === String(trace.port), () => line);
    demand(at === stamp(trace.at), () => line);
    demand(front === (trace.frontend ?? service) && back === service, () => line);
    demand(host === trace.host, () => line);
    demand(server === (trace.server?.id ?? '<NOSRV>'), () => line);
    demand(
      [queue, connect, total, sent, ahead].join() ===
        [trace.queueMs, trace.connectMs, trace.elapsedMs, bytes, trace.ahead].join(),
      () => line,
    );
  },
});
