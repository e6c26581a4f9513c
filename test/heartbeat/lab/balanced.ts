import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from '../../lab/network.ts';
import { copyOf } from '../../support/packaged.ts';
import { ADDRESS, type Name, type Served } from './two-hosts.ts';

const PROGRAM = fileURLToPath(new URL('../../../bin/l4director.js', import.meta.url));
const RESOURCE = 'etc/ha.d/resource.d/l4director';
const PORT = 8080;
const WEB = `require('node:http').createServer((_, answer) => answer.end(process.argv[1])).listen(${PORT})`;

/** The one real server of a host's director. */
export interface Web {
  start(): void;
  /** Resolves when it is dead. */
  kill(): Promise<void>;
}

/** `l4director::FILE`: a director on each host, with a service of one real server that the other host's director
 *  does not have: what fails fails for one of the two.
 *  @param isWarm  `l4director::FILE::warm`: it runs from the beginning, and is told its role */
export function balanced({ isWarm = true } = {}): {
  readonly served: Served;
  /** By their hosts; not there before `served` was called. */
  readonly webs: ReadonlyMap<Name, Web>;
} {
  const webs = new Map<Name, Web>();
  const served: Served = async (host, name) => {
    const at = (file: string) => join(host.folder, file);
    const [program, config] = [at('l4director'), at('ldirectord.cf')];
    await writeFile(program, programOf(at('run')), { mode: 0o755 });
    await writeFile(config, configOf(at('log')));
    copyOf(RESOURCE, at('ha.d/resource.d/l4director'), program, at('run'));
    const web = webOn(host, name);
    web.start();
    webs.set(name, web);
    if (!isWarm) return `l4director::${config}`;
    await host.run(program, config, 'start');
    return `l4director::${config}::warm`;
  };
  return { served, webs };
}

/** The control socket is where the node looks for it. */
function programOf(runtimeDir: string): string {
  return `#!/bin/sh
unset NODE_OPTIONS
exec ${process.execPath} ${PROGRAM} --runtime-dir ${runtimeDir} "$@"
`;
}

function configOf(logfile: string): string {
  return `checkinterval=1
checktimeout=2
quiescent=no
logfile="${logfile}"
virtual=${ADDRESS}:80
    real=127.0.0.1:${PORT} masq
    checktype=connect
    service=none
`;
}

function webOn(host: Host, name: Name): Web {
  let child: ChildProcess | undefined;
  return {
    start() {
      child = host.spawn(process.execPath, ['-e', WEB, name], { stdio: 'ignore' });
    },
    async kill() {
      if (!child) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
