import type { Configuration } from '../local/configuration.ts';
import { openLog } from '../local/log.ts';
import { heartbeatOf } from '../local/pid-file.ts';
import { Programs } from '../local/programs.ts';
import { Daemon } from '../process/daemon.ts';
import { isTaken } from '../process/status-socket.ts';
import { Resources } from '../resources/resources.ts';
import { scriptEnvironment } from '../resources/script-environment.ts';
import { EXIT } from './exit.ts';
import { filesRead, scriptsOf } from './files-read.ts';
import type { Action, Words } from './words.ts';

/** The node, until a signal ends it. */
export const runDaemon: Action = async (words) => {
  const { files, places, name } = words;
  const rival = (await heartbeatRuns(files)) ?? (await daemonRuns(files));
  if (rival !== undefined) {
    process.stderr.write(`l4heartbeat: ${rival}\n`);
    return EXIT.inVain;
  }
  const configuration = await filesRead(words);
  if (!configuration) return EXIT.inVain;
  const { stateDir } = places;
  const tools = toolsOf(words, configuration);
  const daemon = new Daemon({ files, stateDir, name, configuration, ...tools });
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => daemon.shutDown());
  process.on('SIGHUP', () => {
    daemon.reload().catch(({ message }: Error) => tools.log.error(message));
  });
  await daemon.play();
  return EXIT.done;
};

/** Stops everything that haresources names, held or not: what a daemon that was killed has left. */
export const release: Action = async (words) => {
  if (await isTaken(words.files.status))
    throw new Error('the daemon runs, and releases by itself: l4heartbeat stop');
  const heartbeat = await heartbeatRuns(words.files);
  if (heartbeat !== undefined) throw new Error(heartbeat);
  const configuration = await filesRead(words);
  if (!configuration) return EXIT.inVain;
  const { log, resources } = toolsOf(words, configuration);
  const left = await resources.release('all');
  await resources.close();
  await log.close();
  return left === 'none' ? EXIT.done : EXIT.failed;
};

/** Two programs that move the same addresses; in words, undefined: there is one. */
async function heartbeatRuns({
  pid: file,
}: Words['files']): Promise<string | undefined> {
  const pid = await heartbeatOf(file);
  if (pid === undefined) return undefined;
  return `Heartbeat runs on this host (process ${pid}) and has what haresources names: systemctl disable --now heartbeat`;
}

async function daemonRuns({ status }: Words['files']): Promise<string | undefined> {
  if (!(await isTaken(status))) return undefined;
  return 'another l4heartbeat runs on this host already: l4heartbeat status';
}

/** What moves the resources, and where it says so: first of what a killed run has left. */
function toolsOf(words: Words, { groups, name, config }: Configuration) {
  const log = openLog(config, name);
  for (const text of words.left) log.warn(text);
  const programs = new Programs(words.files.programs);
  const env = scriptEnvironment(name, config, words.places.haDir);
  const folders = scriptsOf(words);
  const resources = new Resources({ groups, self: name, folders, env, log, programs });
  return { log, programs, resources };
}
