import { ROWS, type Row } from './rows.ts';
import { type Sample, type Spread, spread } from './samples.ts';

const PEER = 'haproxy';

/** The tables in Markdown: a section a row, a line a subject, ratios to HAProxy's medians. */
export function tables(samples: readonly Sample[]): string {
  return Object.entries(ROWS)
    .map(([name, row]) => {
      const own = samples.filter((sample) => sample.row === name);
      return own.length === 0 ? '' : section(row, own);
    })
    .join('');
}

function section({ title, unit, units }: Row, samples: readonly Sample[]): string {
  const subjects = [...new Set(samples.map((sample) => sample.subject))];
  const peer = figures(samples, PEER);
  const lines = subjects.map((subject) => {
    const { rate, cpu } = figures(samples, subject);
    const cells = [
      subject,
      show(rate, 0),
      ratio(rate, peer.rate),
      show(cpu, 1),
      ratio(cpu, peer.cpu),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return `
## ${title}

| | ${units}/s | of HAProxy's | CPU us a ${unit} | of HAProxy's |
| --- | --- | --- | --- | --- |
${lines.join('\n')}
`;
}

interface Figures {
  readonly rate: Spread | undefined;
  readonly cpu: Spread | undefined;
}

function figures(samples: readonly Sample[], subject: string): Figures {
  const own = samples.filter((sample) => sample.subject === subject);
  const cpus = own.flatMap(({ cpu }) => (cpu === undefined ? [] : [cpu]));
  return {
    rate: own.length > 0 ? spread(own.map(({ rate }) => rate)) : undefined,
    cpu: cpus.length > 0 ? spread(cpus) : undefined,
  };
}

function show(of: Spread | undefined, digits: number): string {
  if (!of) return '';
  const text = (value: number) =>
    value.toLocaleString('en', {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  return `${text(of.median)} (${text(of.min)} to ${text(of.max)})`;
}

function ratio(of: Spread | undefined, peer: Spread | undefined): string {
  return of && peer ? (of.median / peer.median).toFixed(2) : '';
}
