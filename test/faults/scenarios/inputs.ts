import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { socketOf } from '../subjects/l4director.ts';

const LATE_MS = 5000;

/** What begins as something that is understood, and then is not. */
const BEGINNINGS = [
  '',
  'GET /v1/',
  'PATCH /v1/services HTTP/1.1\r\n',
  'show ',
  'set server ',
];

async function sendRubbish(path: string, beginning: string): Promise<void> {
  const socket = connect({ path });
  socket.on('error', () => {});
  socket.resume().write(beginning);
  socket.end(randomBytes(2000));
  const over = once(socket, 'close');
  await Promise.race([over, sleep(LATE_MS)]);
  socket.destroy();
}

/** What reaches the director that is no client. */
export const inputs: readonly Scenario[] = [
  {
    name: 'rubbish on the control socket',
    // What is in use when garbage is collected does not grow; V8 lets some of it lie.
    bounds: { memoryKiB: 192_000 },
    peer: false,
    rounds: [100, 5000],
    async play(stage, rounds) {
      const path = socketOf(stage.director);
      for (let round = 0; round < rounds; round++)
        await sendRubbish(path, BEGINNINGS[round % BEGINNINGS.length] ?? '');
      await stage.daemon?.status();
      return {};
    },
  },
];
