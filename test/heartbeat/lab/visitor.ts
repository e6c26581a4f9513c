import type { Host } from '../../lab/network.ts';

/** A client that asks ten times a second. */
export interface Visitor {
  /** Who answered last; undefined: nobody did. */
  readonly last: string | undefined;
  /** The longest time for which nobody answered since then, milliseconds of performance.now(). */
  outage(since: number): number;
}

/** Each request is one of its own, and none is tried again. It tells when the answer was complete. */
const CLIENT = `
const { connect } = require('node:net');
const ask = () => {
  const socket = connect(80, process.argv[1]);
  let text = '';
  socket.setTimeout(500, () => socket.destroy());
  socket.on('data', (chunk) => { text += chunk; }).on('error', () => {});
  socket.on('close', () => console.log(text.split('\\r\\n\\r\\n')[1] ?? ''));
  socket.end('GET / HTTP/1.0\\r\\n\\r\\n');
};
setInterval(ask, 100);
`;

export function visit(host: Host, address: string): Visitor {
  const child = host.spawn(process.execPath, ['-e', CLIENT, address], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const answers: number[] = [];
  let last: string | undefined;
  let held = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = `${held}${chunk}`.split('\n');
    held = lines.pop() ?? '';
    for (const line of lines) {
      last = line === '' ? undefined : line;
      if (last) answers.push(performance.now());
    }
  });
  return {
    get last() {
      return last;
    },
    outage(since) {
      const times = [since, ...answers.filter((at) => at >= since), performance.now()];
      return Math.max(...times.slice(1).map((at, n) => at - (times[n] ?? at)));
    },
  };
}
