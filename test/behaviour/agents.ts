import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { server } from '../lab/daemon.ts';
import type { Host } from '../lab/network.ts';
import type { Stage, Web } from './stage.ts';
import { logs, servedBy, start, weighs } from './steps.ts';
import type { Scenario } from './suite.ts';

const SOON = 15_000;
const PORT = 9990;

const CONFIG = `
checkinterval=1
checktimeout=3
logfile="/var/log/ldirectord.log"
quiescent=yes
virtual=10.1.1.19:80
    real=10.1.1.21:80 masq 100
    real=10.1.1.22:80 masq 100
    service=http
    receive="Test Page"
    scheduler=wrr
`;
const INI = `[checks]\nagent-port = ${PORT}\nagent-interval = 200ms\n`;

/** Answers each connection with what its file holds then. */
const PROGRAM = `
const [file] = process.argv.slice(1);
require('node:net')
  .createServer((socket) => {
    socket.on('error', () => {});
    socket.end(require('node:fs').readFileSync(file));
  })
  .listen(${PORT}, () => console.log('listening'));
`;

/** An agent on that host; it ends with the host. */
class Agent {
  readonly #host: Host;
  #child: ChildProcess | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  async says(line: string): Promise<void> {
    await writeFile(this.#file, `${line}\n`);
    if (this.#child) return;
    const words = ['-e', PROGRAM, this.#file];
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    this.#child = this.#host.spawn(process.execPath, words, { stdio: [...stdio] });
    if (this.#child.stdout) await once(this.#child.stdout, 'data');
  }

  async dies(): Promise<void> {
    const gone = this.#child && once(this.#child, 'exit');
    this.#child?.kill('SIGKILL');
    await gone;
    this.#child = undefined;
  }

  get #file(): string {
    return join(this.#host.folder, 'agent');
  }
}

/** How many of so many connections went to that server. */
async function share({ client, url }: Stage, web: Web, count: number): Promise<number> {
  const visits = await client.do('visits', url, count);
  const name = web.id === '10.1.1.21:80' ? 'web1' : 'web2';
  return visits.filter((visit) => servedBy(visit) === name).length;
}

async function isShare(stage: Stage, t: Test, web: Web, expected: number, of: number) {
  const got = await share(stage, web, of);
  t.ok(
    Math.abs(got - expected) <= 2,
    `${got} of ${of} connections, where ${expected} are its share`,
  );
}

/** What an agent on a real server says. */
export const agents: readonly Scenario[] = [
  {
    name: 'an agent names its server’s share, drains it, takes it out and back',
    config: CONFIG,
    ini: INI,
    async play(stage, t) {
      const { web1 } = stage.web;
      const agent = new Agent(web1.host);
      await agent.says('25% up');
      await start(stage, t);
      await weighs(stage, web1, 25, SOON);
      await isShare(stage, t, web1, 40, 200);

      await agent.says('drain');
      await weighs(stage, web1, 0, SOON);
      t.equal(
        await share(stage, web1, 40),
        0,
        'none of 40 connections while it drains',
      );

      await agent.says('ready 100% fail # disk full');
      await stage.daemon.until(
        (service) => server(service, web1.id).state === 'down',
        SOON,
      );
      t.equal(await share(stage, web1, 40), 0, 'none while it is down');

      await agent.dies();
      await stage.daemon.until((service) => {
        const { agent: said, state } = server(service, web1.id);
        return state === 'down' && /ECONNREFUSED/.test(said?.problem ?? '');
      }, SOON);
      t.equal(await share(stage, web1, 40), 0, 'its last word holds');

      await agent.says('up');
      await weighs(stage, web1, 100, SOON);
      await isShare(stage, t, web1, 100, 200);
      await agent.dies();
      await logs(
        stage,
        t,
        /^Agent of real server: 10\.1\.1\.22:80 \(10\.1\.1\.19:80\) does not answer: connect ECONNREFUSED 10\.1\.1\.22:9990; it has said nothing yet$/,
        /^Restored real server: 10\.1\.1\.21:80 \(10\.1\.1\.19:80\) \(Weight set to 0\) \(agent: 25%, drain\)$/,
        /^Quiescent real server: 10\.1\.1\.21:80 .* \(agent: 100%, fail \(disk full\)\)$/,
        /^Agent of real server: 10\.1\.1\.21:80 .* what it said last holds$/,
        /^Agent of real server: 10\.1\.1\.21:80 .* answers again$/,
        /^Restored real server: 10\.1\.1\.21:80 .* \(Weight set to 100\) \(agent: 100%\)$/,
      );
    },
  },
];
