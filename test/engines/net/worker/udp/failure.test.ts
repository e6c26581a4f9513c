import t from 'tap';
import { udpFailure } from '../../../../../lib/engines/net/worker/udp/failure.ts';

const V4 = { address: '10.1.1.21', port: 53 };
const V6 = { address: '2001:db8::1', port: 53 };

t.test('an error is the server’s, this host’s, or one datagram’s', async (t) => {
  for (const [code, server, expected, connected = true] of [
    ['ECONNREFUSED', V4, { whose: 'server', reason: 'udp ECONNREFUSED 10.1.1.21:53' }],
    [
      'EHOSTUNREACH',
      V6,
      { whose: 'server', reason: 'udp EHOSTUNREACH [2001:db8::1]:53' },
    ],
    ['EMFILE', V4, { whose: 'ours', notice: 'full' }],
    ['EADDRINUSE', V4, { whose: 'ours', notice: 'source-ports' }],
    ['EMSGSIZE', V4, { whose: 'datagram' }],
    ['EINVAL', V4, { whose: 'server', reason: 'udp EINVAL 10.1.1.21:53' }, false],
    ['EMFILE', V4, { whose: 'ours', notice: 'full' }, false],
    [undefined, V4, { whose: 'datagram' }],
  ] as const) {
    const error = Object.assign(new Error('it failed'), code ? { code } : {});
    t.strictSame(udpFailure(error, server, connected), expected);
  }
});
