import { setTimeout as sleep } from 'node:timers/promises';
import type { Way } from '../../lab/behaving.ts';
import { now } from '../../lab/traffic.ts';
import { PORT, VIP } from '../places.ts';
import type { Scenario } from '../scenario.ts';
import { CHECKED, longestCheckGap, SLACK_MS } from '../stage.ts';

/** Ten addresses of one host: as many real servers of a service beside the one that clients use. */
const ADDRESSES = Array.from({ length: 10 }, (_, place) => `10.1.1.${101 + place}`);
const [FIRST] = ADDRESSES;
const LAST = ADDRESSES.at(-1);
/** A check of each, and the thread that a pattern has to itself. */
const UNDER_WAY = { descriptors: 8 + ADDRESSES.length };
/** It takes both processors of a small machine. */
const BUSY = {
  ...UNDER_WAY,
  pauseMs: CHECKED.intervalMs + CHECKED.timeoutMs + SLACK_MS,
};

interface Hostile {
  readonly name: string;
  readonly how: Way;
  /** Lines of their service: what is checked. */
  readonly checked: string;
  /** The same for HAProxy. */
  readonly peerChecked: string;
  readonly bounds?: Scenario['bounds'];
}

/** The servers of one service do their worst to checks; those of another are checked in time. */
function hostile({
  name,
  how,
  checked,
  peerChecked,
  bounds = UNDER_WAY,
}: Hostile): Scenario {
  const servers = ADDRESSES.map(
    (address, place) => `  server other${place} ${address}:${PORT} check inter 1s\n`,
  );
  return {
    name: `ten real servers of another service ${name}`,
    peer: true,
    config: `virtual=${VIP}:8080
    real=${FIRST}->${LAST}:${PORT} masq
${checked}`,
    peerConfig: `listen other
  bind ${VIP}:8080
${peerChecked}${servers.join('')}`,
    bounds,
    further: { 'longest gap between checks, ms': CHECKED.intervalMs + SLACK_MS },
    rounds: [3, 15], // seconds
    async play(stage, seconds) {
      for (const address of ADDRESSES) await stage.client.addAddress(`${address}/24`);
      await stage.others.do('serve', PORT, 'other');
      await stage.others.do('behave', how);
      const from = now();
      await sleep(seconds * 1000);
      const gap = await longestCheckGap(stage, from);
      if ((await stage.others.do('met')) === 0) throw new Error('no check met them');
      await stage.others.do('behave', 'well');
      return { further: { 'longest gap between checks, ms': gap } };
    },
  };
}

const HTTP = '    service=http\n    request="/"\n';
const PEER_HTTP = '  option httpchk GET /\n';

/** What real servers do to those who check them. */
export const hostiles: readonly Scenario[] = [
  hostile({
    name: 'greet without an end',
    how: 'greets without end',
    checked: '    service=smtp\n',
    peerChecked: '  option smtpchk\n',
    bounds: BUSY,
  }),
  hostile({
    name: 'answer with a header of 1 GB',
    how: 'has a huge header',
    checked: `${HTTP}    receive="x"\n`,
    peerChecked: PEER_HTTP,
    bounds: BUSY,
  }),
  hostile({
    name: 'answer a byte a second',
    how: 'drips',
    checked: `${HTTP}    receive="x"\n`,
    peerChecked: PEER_HTTP,
  }),
  hostile({
    name: 'have a page that is a bomb to the pattern',
    how: 'is a bomb',
    checked: `${HTTP}    receive="^(a+)+$"\n`,
    peerChecked: `${PEER_HTTP}  http-check expect rstring ^(a+)+$\n`,
  }),
];
