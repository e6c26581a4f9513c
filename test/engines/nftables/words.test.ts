import t from 'tap';
import { NftError } from '../../../lib/engines/nft-program.ts';
import {
  forwardingProblem,
  nftProblem,
} from '../../../lib/engines/nftables/problem.ts';
import { inexact, omission, refusal } from '../../../lib/engines/nftables/refusal.ts';
import type { VirtualService } from '../../../lib/model/virtual-service.ts';
import { aReal, aService } from '../../support/config.ts';

t.test('what NAT cannot carry is refused with what would', (t) => {
  const cases: readonly [Partial<VirtualService>, RegExp | undefined][] = [
    [{}, undefined],
    [{ protocol: 'udp', port: 53 }, undefined],
    [{ protocol: 'fwm', address: undefined, port: undefined, fwmark: 5 }, undefined],
    [{ port: 0 }, undefined],
    [{ scheduler: 'lc' }, undefined],
    [
      { reals: [aReal('10.0.0.2:80', { method: 'gate' })] },
      /10\.0\.0\.2:80 is forwarded by gate.*write masq/,
    ],
    [{ reals: [aReal('10.0.0.2:80', { method: 'ipip' })] }, /ipip/],
    [
      { reals: [aReal('127.0.0.1:8080')] },
      /127\.0\.0\.1:8080 is on the loopback.*engine = net/,
    ],
    [{ scheduler: 'lblc' }, /lblc/],
    [{ scheduler: 'nonsense' }, /unknown scheduler "nonsense"/],
    [{ protocol: 'udp', port: 53, ops: true }, /ops/],
  ];
  for (const [fields, expected] of cases) {
    const words = refusal(aService(fields));
    if (expected === undefined) t.equal(words, undefined, JSON.stringify(fields));
    else t.match(words, expected);
  }
  t.end();
});

t.test('a server that NAT cannot lead to is left out of those that it can', (t) => {
  const good = aReal('10.0.0.2:80');
  const odd = [
    aReal('10.0.0.3:80', { method: 'gate' }),
    aReal('127.0.0.1:8080'),
  ] as const;
  const mixed = aService({ reals: [good, ...odd] });
  t.equal(refusal(mixed), undefined);
  t.match(omission(mixed), /^left out: real server 10\.0\.0\.3:80 .* \(and 1 more\)$/);
  t.equal(omission(aService({ reals: [good] })), undefined);
  t.match(refusal(aService({ reals: odd })), /10\.0\.0\.3:80 is forwarded by gate/);
  t.end();
});

t.test('what follows the number of connections is said to be late', (t) => {
  const cases: readonly [Partial<VirtualService>, RegExp | undefined][] = [
    [{ scheduler: 'rr' }, undefined],
    [{ scheduler: 'wrr', reals: [aReal('10.0.0.2:80')] }, undefined],
    [{ scheduler: 'sh' }, undefined],
    [{ scheduler: 'wlc' }, /^wlc follows/],
    [{ scheduler: 'twos' }, /^twos follows/],
    [{ scheduler: 'rr', reals: [aReal('10.0.0.2:80', { upper: 9 })] }, /^thresholds/],
  ];
  for (const [fields, expected] of cases) {
    const words = inexact(aService(fields));
    if (expected === undefined) t.equal(words, undefined, JSON.stringify(fields));
    else t.match(words, expected);
  }
  t.end();
});

t.test('a host that does not forward is told how', (t) => {
  const proc = t.testdir({
    sys: {
      net: {
        ipv4: { ip_forward: '0\n' },
        ipv6: { conf: { all: { forwarding: '1\n' } } },
      },
    },
  });
  t.match(forwardingProblem('inet', proc), /"sysctl -w net\.ipv4\.ip_forward=1"/);
  t.equal(forwardingProblem('inet6', proc), undefined);
  t.match(forwardingProblem('inet6', '/nowhere'), /no IPv6/);
  t.end();
});

t.test('what nft says is put in words', (t) => {
  t.match(
    nftProblem(new NftError('absent', 'spawn nft ENOENT')),
    /apt-get install nftables/,
  );
  t.match(nftProblem(new NftError('forbidden', '')), /CAP_NET_ADMIN/);
  t.match(
    nftProblem(new NftError('refused', 'Could not process rule')),
    /Could not process rule.*modprobe/,
  );
  t.end();
});
