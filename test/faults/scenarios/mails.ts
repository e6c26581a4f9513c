import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Way } from '../../lab/behaving.ts';
import { now } from '../../lab/traffic.ts';
import { lab } from '../../support/lab.ts';
import { readDump } from '../../support/received-mail.ts';
import type { Scenario } from '../scenario.ts';
import { ails, CHECKED, type Stage } from '../stage.ts';
import { flaps } from './real-servers.ts';

const SENT_MS = 10_000;
/** The first address of the host of {@link Stage.client}. */
const SINK = '10.1.1.100';
const FROM_TO = ['director@example.com', 'operator@example.com'] as const;

async function startSink({ client }: Stage): Promise<string> {
  const folder = join(client.folder, 'mail');
  await mkdir(folder);
  await chmod(folder, 0o777); // it leaves root behind
  const dump = join(folder, 'dump');
  const words = ['-u', 'nobody', '-D', dump, `${SINK}:25`, '100'];
  client.spawn('/usr/sbin/smtp-sink', words, { stdio: 'ignore' });
  return dump;
}

async function mailsIn(dump: string): Promise<number> {
  return readDump(await readFile(dump, 'utf8').catch(() => '')).length;
}

/** Until none waits. */
async function sent({ daemon }: Stage, dump: string): Promise<void> {
  const deadline = now() + SENT_MS;
  const isPending = async () =>
    ((await daemon?.status())?.mail.pending ?? 0) > 0 ||
    // A digest is none until its round of checks has ended.
    (daemon !== undefined && (await mailsIn(dump)) === 0);
  while (now() < deadline && (await isPending())) await sleep(100);
}

interface Told {
  readonly name: string;
  readonly ini?: string;
  readonly peer: boolean;
  /** Checks to a mail. */
  readonly checks: number;
}

/** A change takes a check, whatever happens between two of them: so many mails and lines at most. */
function told({ name, ini = '', peer, checks: per }: Told): Scenario {
  const head = per === 1 ? 'mails a check' : `mails in ${per} checks`;
  return {
    name,
    peer,
    ini,
    config: `    emailalert="${FROM_TO[1]}"\n    emailalertstatus=running\nemailalertfrom=${FROM_TO[0]}\nsmtp=${SINK}\n`,
    peerConfig: `  email-alert mailers sink
  email-alert from ${FROM_TO[0]}
  email-alert to ${FROM_TO[1]}
  email-alert level notice
mailers sink
  mailer one ${SINK}:25
`,
    lacks: () => lab('smtp-sink').skip,
    // The change, what was mailed of it, and why.
    further: { [head]: 1, 'log lines a check': 3 },
    rounds: [4, 60],
    async play(stage, rounds) {
      const dump = await startSink(stage);
      const lines = async () => (await stage.daemon?.log())?.length ?? 0;
      const [from, linesBefore] = [now(), await lines()];
      const { costs = [] } = await flaps(stage, rounds);
      // Of the above no check may have met any.
      const behave = (how: Way) => stage.reals.web2?.agent.do('behave', how);
      const { cost } = await ails(
        stage,
        'web2',
        async () => behave('refuses'),
        async () => behave('well'),
      );
      await sent(stage, dump);
      const checks = Math.floor((now() - from) / CHECKED.intervalMs) + 2;
      const share = (count: number) => Math.round((count / checks) * 100) / 100;
      const came = await mailsIn(dump);
      if (stage.daemon && came === 0) throw new Error('no mail came');
      const mails = share(came * per);
      const logged = share((await lines()) - linesBefore);
      return {
        costs: [...costs, cost],
        further: stage.daemon
          ? { [head]: mails, 'log lines a check': logged }
          : { [head]: mails },
      };
    },
  };
}

/** What is told of a server that comes and goes. */
export const mails: readonly Scenario[] = [
  told({
    name: 'a real server comes and goes every 0.5 s, with mail',
    peer: true,
    checks: 1,
  }),
  told({
    name: 'a real server comes and goes every 0.5 s, with digests',
    ini: '[alerts]\ndigest = yes\n',
    peer: false,
    checks: 2,
  }),
];
