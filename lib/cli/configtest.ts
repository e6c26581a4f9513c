import { type Config, type Diagnostic, formatDiagnostic } from '../config/config.ts';
import { configReport } from '../config/index.ts';
import { EXIT } from '../instance/launch.ts';
import { complain, readConfigFile } from './config-file.ts';
import type { Context } from './context.ts';
import { printable } from './show-text.ts';

/** `configtest [--json]`: errors and warnings on stderr; on stdout which engine `auto` would take, what
 *  one that is named cannot carry and what looks wrong about the way back to it, or with --json what is in force. */
export async function configtest(context: Context): Promise<number> {
  const { line, out, err } = context;
  const file = await readConfigFile(context);
  if (!file.ok) return complain(context, file);
  const { config } = file;
  const lacking = config.warnings.filter((warning) => warning.lacking);
  if (lacking.length > 0) return incomplete(context, config.warnings);
  if (line.json) {
    out(JSON.stringify(configReport(config), undefined, 2));
    return EXIT.done;
  }
  for (const warning of config.warnings) err(formatDiagnostic(warning));
  for (const line of await engineLines(context, config)) out(printable(line));
  for (const line of nameLines(config)) out(printable(line));
  const all = config.virtuals.flatMap(({ reals }) => reals);
  const reals = all.filter(({ role }) => role === undefined).length;
  const reserve = all.length - reals;
  const counts = [
    count(config.virtuals.length, 'virtual service'),
    count(reals, 'real server'),
    ...(reserve > 0 ? [`${reserve} in reserve`] : []),
    count(config.warnings.length, 'warning'),
  ];
  out(`${file.path}: good: ${counts.join(', ')}`);
  return EXIT.done;
}

async function engineLines(
  { daemon }: Context,
  { virtuals, options }: Config,
): Promise<readonly string[]> {
  return (await daemon()).engineLines(virtuals, options.peer !== undefined);
}

/** What a director would ask; nobody is asked now. */
function nameLines({ virtuals }: Config): readonly string[] {
  return virtuals.flatMap(({ id, family, options }) =>
    options.realsFrom.map(({ name, port }) => {
      const address = family === 'inet' ? 'A' : 'AAAA';
      const asked =
        port === undefined ? `SRV, then ${address} of each target` : address;
      return `real servers of ${id} from ${name}: ${asked}`;
    }),
  );
}

/** A start would go on with what it has; a test is there to tell before. */
function incomplete(context: Context, warnings: readonly Diagnostic[]): number {
  for (const { lacking, ...warning } of warnings)
    context.err(
      formatDiagnostic(lacking ? { ...warning, severity: 'error' } : warning),
    );
  return EXIT.badConfig;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
