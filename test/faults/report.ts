import { boundsOf, type Result } from './campaign.ts';

const COLUMNS = [
  ['lost clients', 'lost'],
  ['longest wait, ms', 'pauseMs'],
  ['memory, KiB more', 'memoryKiB'],
  ['descriptors more', 'descriptors'],
] as const;

/** The results as a table of Markdown: a line each; behind a figure its bound. HAProxy is bound to
 *  nothing. */
export function table(results: readonly Result[]): string {
  const heads = [
    'what happens',
    '',
    'clients',
    'it cost',
    ...COLUMNS.map(([head]) => head),
    'further',
  ];
  const lines = results.map((result) => {
    const { scenario, subject, figures, further } = result;
    const ours = subject === 'l4director';
    const bounds = boundsOf(scenario);
    const most = (bound: number | undefined) =>
      ours && bound !== undefined ? ` (${bound})` : '';
    return [
      ours ? scenario.name : '',
      subject,
      String(result.visits),
      String(result.cost),
      ...COLUMNS.map(([, key]) => `${figures[key]}${most(bounds[key])}`),
      Object.entries(further)
        .map(([name, figure]) => `${name}: ${figure}${most(scenario.further?.[name])}`)
        .join('; '),
    ];
  });
  return [heads, heads.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}
