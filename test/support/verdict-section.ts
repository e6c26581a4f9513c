import type { CheckTarget } from '../../lib/model/check.ts';

/** Fields that stand in the ini, not in the .cf. */
const INI_KEYS = {
  tlsVerify: 'tls-verify',
  tlsCa: 'tls-ca',
  bodyLimit: 'body-limit',
} as const satisfies Partial<Record<keyof CheckTarget, string>>;

/** How each other field is written: its words, else nothing. */
const DIRECTIVES = {
  protocol: plain,
  checktype: plain,
  service: plain,
  request: quoted,
  httpmethod: plain,
  virtualhost: plain,
  login: quoted,
  passwd: quoted,
  database: quoted,
  secret: quoted,
  checkcommand: plain,
  checkcount: plain,
} as const satisfies Partial<Record<keyof CheckTarget, typeof plain>>;

/** The id of the service that holds case number `index`, as both programs print it. */
export function serviceId(
  { address = '', protocol = 'tcp' }: Partial<CheckTarget>,
  index: number,
): string {
  return `${protocol}:${virtual(address, index)}`;
}

/** One server of a comparison as a section of a .cf: what the target says, a time-out of 3 s,
 *  and a weight of its own, lest ldirectord take it for the same server as another. A request
 *  that is a whole URL of http or https stands with the receive in the `real` line: ldirectord
 *  takes it for one there only.
 *  @throws when ldirectord's syntax cannot say it */
export function verdictSection(fields: Partial<CheckTarget>, index: number): string {
  const { address = '127.0.0.1', port = 80, realPort = port, receive } = fields;
  const six = address.includes(':') ? '6' : '';
  const whole = /^https?:/.test(fields.request ?? '');
  const pair = whole ? ` "${fields.request}", "${receive?.perl ?? ''}"` : '';
  const host = six ? `[${address}]` : address;
  const lines = [
    `real${six}=${realPort === 0 ? host : `${host}:${realPort}`} masq ${index + 1}${pair}`,
    ...(port === realPort || port === 0 ? [] : [`checkport=${port}`]),
    'negotiatetimeout=3',
    'checktimeout=3',
    ...directives(whole ? { ...fields, request: '' } : fields),
    ...(receive && !whole ? [quoted('receive', receive.perl)] : []),
  ];
  for (const line of lines) refuseUnspeakable(line);
  return [
    `virtual${six}=${virtual(address, index)}`,
    ...lines.map((line) => `        ${line}`),
    '',
  ].join('\n');
}

/** The case's section of l4director.ini; empty where it needs none. */
export function verdictIni(fields: Partial<CheckTarget>, index: number): string {
  const lines = Object.entries(INI_KEYS)
    .map(([field, key]) => [key, fields[field as keyof typeof INI_KEYS]] as const)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} = ${value === false ? 'no' : value}`);
  return lines.length === 0
    ? ''
    : [`[service ${serviceId(fields, index)}]`, ...lines, ''].join('\n');
}

function virtual(address: string, index: number): string {
  return address.includes(':')
    ? `[fd00:10:254::${index + 1}]:80`
    : `10.254.${Math.floor(index / 250)}.${(index % 250) + 1}:80`;
}

function directives(fields: Partial<CheckTarget>): readonly string[] {
  return Object.entries(DIRECTIVES).flatMap(([name, write]) => {
    const value = fields[name as keyof typeof DIRECTIVES];
    return value === undefined || value === '' ? [] : [write(name, String(value))];
  });
}

function plain(name: string, value: string): string {
  return `${name}=${value}`;
}

/** Quotes inside need no escape: ldirectord reads up to the last one of the line. */
function quoted(name: string, value: string): string {
  return `${name}="${value}"`;
}

function refuseUnspeakable(line: string): void {
  if (/[#\t\r\n]/.test(line))
    throw new Error(`no .cf can say ${JSON.stringify(line)}: # starts a comment there`);
}
