import type { VirtualService } from '../model/virtual-service.ts';
import type { Findings } from './findings.ts';
import type { IniValues } from './ini-keys.ts';
import type { IniSection } from './ini-lines.ts';

const KEY = 'check-send-proxy';

/** Warns of services whose checks should begin with a PROXY header, and cannot. */
export function warnOfProxy(
  services: readonly VirtualService[],
  { sections, valuesOf }: IniParts,
  findings: Findings,
): void {
  for (const service of services) {
    const line = lineFor(service.id, sections);
    if (line === undefined || service.protocol !== 'tcp') continue;
    const problem = problemOf(service, valuesOf(service.id)[KEY]);
    if (problem !== undefined) findings.warn(line, `${KEY}: ${problem}`);
  }
}

/** What the ini says, and where. */
interface IniParts {
  readonly sections: readonly IniSection[];
  /** What holds for a service. */
  readonly valuesOf: (id: string) => IniValues;
}

/** Where the key that holds for a service stands, if it does. */
function lineFor(id: string, sections: readonly IniSection[]): number | undefined {
  for (const name of [`service ${id}`, 'checks']) {
    const keys = sections.find((section) => section.name === name)?.keys;
    const line = keys?.find(({ key }) => key === KEY)?.line;
    if (line !== undefined) return line;
  }
  return undefined;
}

const COMMANDS: ReadonlySet<unknown> = new Set(['external', 'external-perl']);

function problemOf(
  { id, checktype, service, options }: VirtualService,
  wish: IniValues[typeof KEY],
): string | undefined {
  if (wish === undefined) return undefined;
  if (options.checkProxy === undefined)
    return `yes says nothing for ${id}, which has no send-proxy: expected v1 or v2, as in "${KEY} = v2"`;
  if (COMMANDS.has(checktype))
    return `the check of ${id} is a command of its own, which has to send the header itself`;
  const negotiates = checktype === 'negotiate' || typeof checktype === 'number';
  return negotiates && service === 'oracle'
    ? `checks of oracle cannot send it, as their library opens the connection: those of ${id} go without; write "checktype = connect"`
    : undefined;
}
