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
  const lines = linesOf(sections);
  for (const service of services) {
    const own = lines.get(`service ${service.id}`);
    const line = own ?? lines.get('checks');
    if (line === undefined || service.protocol !== 'tcp') continue;
    const wish = valuesOf(service.id)[KEY];
    const problem =
      own === undefined ? unable(service) : (idle(service, wish) ?? unable(service));
    if (problem !== undefined) findings.warn(line, `${KEY}: ${problem}`);
  }
}

/** What the ini says, and where. */
interface IniParts {
  readonly sections: readonly IniSection[];
  /** What holds for a service. */
  readonly valuesOf: (id: string) => IniValues;
}

/** Where the key stands, by the section's name. */
function linesOf(sections: readonly IniSection[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { name, keys } of sections) {
    const line = keys.find(({ key }) => key === KEY)?.line;
    if (name !== undefined && line !== undefined) found.set(name, line);
  }
  return found;
}

const COMMANDS: ReadonlySet<unknown> = new Set(['external', 'external-perl']);

/** Said of a service's own key only: in `[checks]` it is for those that have send-proxy. */
function idle(
  { id, options }: VirtualService,
  wish: IniValues[typeof KEY],
): string | undefined {
  return wish === 'as sent' && options.checkProxy === undefined
    ? `yes says nothing for ${id}, which has no send-proxy: expected v1 or v2, as in "${KEY} = v2"`
    : undefined;
}

function unable({
  id,
  checktype,
  service,
  options,
}: VirtualService): string | undefined {
  if (options.checkProxy === undefined) return undefined;
  if (COMMANDS.has(checktype))
    return `the check of ${id} is a command of its own, which has to send the header itself`;
  const negotiates = checktype === 'negotiate' || typeof checktype === 'number';
  return negotiates && service === 'oracle'
    ? `checks of oracle cannot send it, as their library opens the connection: those of ${id} go without; write "checktype = connect"`
    : undefined;
}
