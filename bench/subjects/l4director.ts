import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IniKey } from '../../lib/config/ini-keys/ini-key.ts';
import { INI_KEYS } from '../../lib/config/ini-keys.ts';
import type { EngineName } from '../../lib/model/virtual-service.ts';
import type { Kind, Setup } from './subject.ts';

const DIRECTOR = fileURLToPath(new URL('../../bin/l4director.js', import.meta.url));
/** The key of l4director.ini that says how many worker threads there are. */
const WORKERS_KEY = 'workers';

interface Form {
  readonly workers: number;
  /** Per cent of one core. */
  readonly quota?: number;
  /** Each connection has a line in the log. */
  readonly logged?: boolean;
  /** Of another version; by default this one's. */
  readonly program?: string;
  /** What forwards; by default what the director takes by itself. */
  readonly engine?: EngineName;
}

/** The director in a form of its own. */
export function l4director({
  workers,
  quota,
  logged,
  program = DIRECTOR,
  engine,
}: Form): Kind {
  return {
    lacks: () =>
      workers === 1 || workersSection()
        ? undefined
        : `a director whose l4director.ini has the key ${WORKERS_KEY}`,
    manyServices: true,
    ...(quota === undefined ? {} : { quota }),
    command: (setup) => {
      const config = join(setup.folder, 'bench.cf');
      writeFileSync(config, configuration(setup));
      const log = logged ? logging(setup.folder) : '';
      writeFileSync(`${config}.ini`, settings(workers, engine) + log);
      const runtime = join(setup.folder, 'run');
      mkdirSync(runtime);
      const args = ['--foreground', '--runtime-dir', runtime, config, 'start'];
      return [setup.node, program, ...args];
    },
  };
}

/** Undefined: this director knows of one worker only. */
function workersSection(): string | undefined {
  const keys: Readonly<Record<string, IniKey<unknown>>> = INI_KEYS;
  return keys[WORKERS_KEY]?.section;
}

function settings(workers: number, engine: EngineName | undefined): string {
  const keys = [
    ...(workersSection() ? [`${WORKERS_KEY} = ${workers}\n`] : []),
    ...(engine ? [`engine = ${engine}\n`] : []),
  ];
  return keys.length > 0 ? `[${INI_KEYS.engine.section}]\n${keys.join('')}` : '';
}

function logging(folder: string): string {
  return `[log]\nconnections = yes\nconnections-file = ${join(folder, 'connections.log')}\n`;
}

function configuration({ folder, services, reals, datagrams }: Setup): string {
  const servers = reals
    .map(({ host, port }) => `    real=${host}:${port} masq\n`)
    .join('');
  const virtuals = services.map(
    ({ host, port }) => `virtual=${host}:${port}
${servers}    scheduler=rr
    ${datagrams ? 'protocol=udp\n    service=dns' : 'protocol=tcp'}
    checktype=on
`,
  );
  return `logfile="${join(folder, 'l4director.log')}"\n${virtuals.join('')}`;
}
