import t from 'tap';
import type { VirtualService } from '../../lib/model/virtual-service.ts';
import { aFallback, aReal, aService } from '../support/config.ts';
import { type Move, play } from '../support/pool-script.ts';
import { bad, good, maintained, NOON } from '../support/reports.ts';

const R = String.raw`(?:[\d.]+|\[[0-9a-f:]+\]):\d+`;
const V = String.raw`(?:${R}|\d+)`;
const ID = String.raw`(?:(?:tcp|udp):${R}|fwm:\d+)`;
/** What ldirectord writes, and behind it what it does not: the finding in parentheses. */
const SHAPES = [
  String.raw`(?:Added|Restored) (?:real|fallback) server: ${R} \(${V}\) \(Weight set to \d+\)`,
  String.raw`(?:Readd )?Quiescent real server: ${R} \(${V}\) \(Weight set to 0\)`,
  String.raw`Deleted (?:real|fallback) server: ${R} \(${V}\)`,
  String.raw`Purged real server \((?:start|stop)\): ${R} \(${V}\)`,
  String.raw`Soft failure real server: ${R} \(${ID}\) failure \d+/\d+`,
  String.raw`Resetting soft failure count: ${R} \(${ID}\)`,
].map((shape) => new RegExp(String.raw`^${shape}(?: \([^()]+\))?$`));

const A = '10.1.1.21:80';
const MOVES: readonly Move[] = [
  [A, bad()],
  [A, good()],
  [A, bad()],
  [A, bad()],
  [A, maintained()],
  [A, good()],
];
const EVERY = {
  reals: [aReal(A)],
  failurecount: 2,
  fallback: aFallback('127.0.0.1:80'),
};
const SERVICES: readonly VirtualService[] = [
  aService(EVERY),
  aService({ ...EVERY, quiescent: true }),
  aService({ ...EVERY, quiescent: true, readdquiescent: true }),
  aService({ ...EVERY, checktype: 'negotiate', protocol: 'udp', port: 53 }),
  aService({
    ...EVERY,
    address: undefined,
    port: undefined,
    fwmark: 5,
    protocol: 'fwm',
  }),
];

t.test("every line has the shape of one of ldirectord's", async (t) => {
  const unseen = new Set(SHAPES);
  for (const service of SERVICES) {
    const reload = { ...service, reals: [aReal('10.1.1.22:80')] };
    const lines = play(service, [...MOVES, { reload, at: NOON }]).told;
    for (const line of lines.filter((line) => !line.startsWith('fallbackcommand'))) {
      const shape = SHAPES.find((shape) => shape.test(line));
      t.ok(shape, line);
      if (shape) unseen.delete(shape);
    }
  }
  t.strictSame([...unseen], [], 'each shape was seen');
});

t.test('a service is named as ldirectord names it', async (t) => {
  const named = (fields: Partial<VirtualService>, place: string) =>
    play(aService({ reals: [aReal(place)], failurecount: 2, ...fields }), [
      [place, good()],
      [place, bad()],
    ]).told;
  const six = named({ address: '2001:db8::1' }, '[2001:db8::2]:80');
  t.match(six[0], 'server: [2001:db8::2]:80 ([2001:db8::1]:80) (Weight');
  t.match(six[2], 'server: [2001:db8::2]:80 (tcp:[2001:db8::1]:80) failure 1/2 (');
  const mark = {
    address: undefined,
    port: undefined,
    fwmark: 5,
    protocol: 'fwm',
  } as const;
  t.match(named(mark, A)[0], `server: ${A} (5) (Weight`);
  t.match(named(mark, A)[2], `server: ${A} (fwm:5) failure 1/2 (`);
});

t.test('the finding says which check it was', async (t) => {
  const added = (fields: Partial<VirtualService>) =>
    play(aService({ reals: [aReal(A)], ...fields }), [[A, good()]]).told[0];
  const finding = (word: string) => `(Weight set to 1) (${word}, 3 ms: 200 OK)`;
  t.match(added({ checktype: 'ping' }), finding('ping'));
  t.match(
    added({ checktype: 'negotiate', service: 'https' }),
    finding('negotiate https'),
  );
  t.match(added({ checktype: 4 }), finding('combined 4'));
});
