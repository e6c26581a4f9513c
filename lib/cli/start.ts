import { resolve } from 'node:path';
import { type Config, formatDiagnostic } from '../config/config.ts';
import { findInstance, ownInstance } from '../instance/instance.ts';
import { EXIT, type Launch, type Mode } from '../instance/launch.ts';
import { takePassed } from '../instance/passed-descriptors.ts';
import { presence } from '../instance/pid-file.ts';
import { isSuccessor, takePredecessors } from '../instance/succession.ts';
import type { CommandLine } from './command-line.ts';
import { complain, configPath, readLastingFile } from './config-file.ts';
import type { Context } from './context.ts';
import { detach, startArguments, wasDetached } from './detach.ts';
import { goOnAs, guiseFor, mayLog } from './give-up-root.ts';

/** `start`: errors in the config are told before anything happens; where a director of that
 *  name runs already there is nothing to do, and nothing is said. */
export async function start(context: Context): Promise<number> {
  const { line } = context;
  if (wasDetached())
    return serve(
      context,
      launchOf(context, configPath(line.config) ?? line.config, 'daemon'),
    );
  const file = await readLastingFile(context);
  if (!file.ok) return complain(context, file);
  const { state } = presence(findInstance(line.instance, line.runtimeDir));
  return state === 'running' && !isSuccessor()
    ? EXIT.done
    : startWith(context, file.path, file.config);
}

/** The second half of a start, for a config that was found good. */
export async function startWith(
  context: Context,
  path: string,
  config: Config,
): Promise<number> {
  const mode = modeFor(context, config);
  if (mode !== 'debug')
    for (const warning of config.warnings) context.err(formatDiagnostic(warning));
  const told: string[] = [];
  const guise = guiseFor({
    ...{ line: context.line, mode, path: resolve(path), config },
    tell: (words) => told.push(words),
  });
  await tellOf(context, { told, mode, config });
  const own = guise ? { ...context, line: guise.line } : context;
  const launch = launchOf(own, path, mode);
  if (mode === 'daemon') return detach(own, launch, guise);
  if (!guise) return serve(context, launch, config);
  if (launch.sockets.length > 0)
    throw new Error(
      '[daemon] user: a director in the foreground loses the sockets that it was passed when it becomes another user: have the service manager do that (User=), or start it in the background',
    );
  return goOnAs(guise, [...context.program, ...attached(guise.line)]);
}

/** In the log, or on stderr where that cannot be. */
async function tellOf(
  { line, daemon, err }: Context,
  {
    told,
    mode,
    config,
  }: { readonly told: readonly string[]; readonly mode: Mode; readonly config: Config },
): Promise<void> {
  if (told.length === 0) return;
  if (mode === 'debug' || mode === 'supervised' || !mayLog(config))
    return told.forEach(err);
  const { record } = await daemon();
  for (const words of told) await record(config.global.logfile, line.instance, words);
}

/** The same start once more, in this terminal or under this supervisor. */
function attached(line: CommandLine): readonly string[] {
  const flags = [line.foreground ? '--foreground' : [], line.debug ? '-d' : []].flat();
  return [...flags, ...startArguments(line)];
}

function modeFor({ line }: Context, config: Config): Mode {
  if (line.debug) return 'debug';
  if (config.global.supervised) return 'supervised';
  return line.foreground ? 'foreground' : 'daemon';
}

async function serve(
  context: Context,
  launch: Launch,
  known?: Config,
): Promise<number> {
  const daemon = await context.daemon();
  const [predecessor, ...elders] = takePredecessors();
  return daemon.serve({ ...launch, predecessor, elders }, known);
}

/** Once in a process, as the sockets that it was passed are taken. */
function launchOf(
  { line, program, invocation }: Context,
  path: string,
  mode: Mode,
): Launch & Required<Pick<Launch, 'sockets'>> {
  const { runtimeDir, ini } = line;
  return {
    instance: ownInstance(line.instance, runtimeDir && resolve(runtimeDir)),
    mode,
    config: resolve(path),
    ini: ini === undefined ? undefined : resolve(ini),
    program,
    start: startArguments({
      configGiven: line.configGiven,
      // The director leaves the folder that a relative name is for.
      config: path === line.config ? resolve(path) : line.config,
      ini: ini && resolve(ini),
      runtimeDir: runtimeDir && resolve(runtimeDir),
    }),
    inherited: runtimeDir === undefined ? [] : ['--runtime-dir', resolve(runtimeDir)],
    sockets: takePassed(),
    invocation,
  };
}
