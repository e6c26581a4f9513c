import type {
  CertificateStatus,
  CheckRecord,
  RealStatus,
  ServiceStatus,
  StatusDocument,
} from '../model/status.ts';
import { alignColumns, type Column, type Style } from './columns.ts';
import { localTime } from './local-time.ts';
import { checkKind, STATE_COLOURS } from './show-table.ts';
import { humanSpan, type Paint, painter, printable } from './show-text.ts';

const verdict = ({ up }: CheckRecord) => (up ? 'up' : 'down');

const COLUMNS: readonly Column<CheckRecord>[] = [
  { title: 'TIME', align: 'left', text: ({ at }) => localTime(at) },
  {
    title: 'DURATION',
    align: 'right',
    text: ({ durationMs }) => `${Math.round(durationMs)} ms`,
  },
  {
    title: 'RESULT',
    align: 'left',
    text: verdict,
    colour: (record) => STATE_COLOURS[verdict(record)],
  },
  { title: 'CHECK', align: 'left', text: ({ made }) => made ?? '-' },
  {
    title: 'MESSAGE',
    align: 'left',
    text: ({ message }) => message,
    colour: ({ up }) => (up ? undefined : 'red'),
  },
];

/** The last checks of each real server in the document, the newest first. Times are local, as in
 *  the log. */
export function formatChecks({ services }: StatusDocument, style: Style): string {
  const paint = painter(style.colour);
  const all = services.flatMap(({ reals }) =>
    reals.flatMap(({ checks = [] }) => checks),
  );
  const { titles, row } = alignColumns(COLUMNS, all, style);
  const parts = services.flatMap((service) =>
    service.reals.map((real) => {
      const { checks = [] } = real;
      const rows =
        checks.length === 0 ? ['  no result yet'] : [titles, ...checks.map(row)];
      return [...headOf(service, real, style.now, paint), ...rows].join('\n');
    }),
  );
  return `${parts.join('\n\n')}\n`;
}

function headOf(
  service: ServiceStatus,
  { id, state, since, check }: RealStatus,
  now: number,
  paint: Paint,
): readonly string[] {
  const span = humanSpan((now - Date.parse(since)) / 1000);
  const words = [
    paint('bold', printable(id)),
    `in ${printable(service.id)}`,
    ...(check ? [printable(checkKind(check))] : []),
    `${paint(STATE_COLOURS[state] ?? 'bold', state.toUpperCase())} for ${span}`,
    ...(check && check.failures > 0 ? [`${check.failures} failed in a row`] : []),
  ];
  return [words.join('  '), ...certificateLine(check?.certificate ?? null, paint)];
}

function certificateLine(
  certificate: CertificateStatus | null,
  paint: Paint,
): readonly string[] {
  if (certificate === null) return [];
  const { subject, expires, problem } = certificate;
  const until = `certificate ${printable(subject)} `;
  return problem === null
    ? [`  ${until}expires on ${expires.slice(0, 10)}`]
    : [`  ${paint('yellow', `! ${until}${printable(problem)}`)}`];
}
