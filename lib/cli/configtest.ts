import { formatDiagnostic } from '../config/config.ts';
import { configReport } from '../config/index.ts';
import { EXIT } from '../instance/launch.ts';
import { complain, readConfigFile } from './config-file.ts';
import type { Context } from './context.ts';

/** `configtest [--json]`: errors and warnings on stderr, what is in force on stdout. */
export async function configtest(context: Context): Promise<number> {
  const { line, out, err } = context;
  const file = await readConfigFile(context);
  if (!file.ok) return complain(context, file);
  const { config } = file;
  if (line.json) {
    out(JSON.stringify(configReport(config), undefined, 2));
    return EXIT.done;
  }
  for (const warning of config.warnings) err(formatDiagnostic(warning));
  const reals = config.virtuals.reduce((sum, { reals }) => sum + reals.length, 0);
  out(
    `${file.path}: good: ${count(config.virtuals.length, 'virtual service')}, ${count(reals, 'real server')}, ${count(config.warnings.length, 'warning')}`,
  );
  return EXIT.done;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
