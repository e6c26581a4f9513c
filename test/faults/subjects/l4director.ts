import type { Daemon } from '../../lab/daemon.ts';
import { server } from '../../lab/daemon.ts';
import { PORT, REALS } from '../places.ts';
import type { Subject } from './subject.ts';

const UP_MS = 15_000;
const BROKEN = 'virtual=nowhere\n';

/** The daemon by its commands.
 *  @param config  the text that is in force */
export function l4director(daemon: Daemon, config: string): Subject {
  const does = async (word: string, code = 0) => {
    const answer = await daemon.command(word);
    if (answer.code !== code) throw new Error(`${word}: ${JSON.stringify(answer)}`);
  };
  return {
    name: 'l4director',
    async start() {
      await does('start');
      await daemon.until(
        ({ reals }) => reals.every((real) => real.state === 'up'),
        UP_MS,
      );
    },
    async reload(broken = false) {
      if (!broken) return does('reload');
      await daemon.write(BROKEN);
      const answer = await daemon.command('reload');
      if (answer.code === 0) throw new Error('a broken file was taken');
      await daemon.write(config);
    },
    upgrade: () => does('upgrade'),
    pid: () => daemon.pid(),
    async leads(name) {
      const id = `${REALS[name]}:${PORT}`;
      return server(await daemon.service(), id).weight > 0;
    },
    [Symbol.asyncDispose]: () => daemon.stop(),
  };
}
