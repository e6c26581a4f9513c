import { boundsOf, mostOf, type Result } from './campaign.ts';
import type { Around } from './conditions.ts';
import type { Form } from './form.ts';
import type { Tried } from './kept.ts';

/** What a column is called, which figure it has, and what its bound promises. */
const COLUMNS = [
  [
    'lost clients',
    'lost',
    'did not get all they came for, or were thrown out, though the fault itself did not cost it',
  ],
  [
    'longest wait, ms',
    'pauseMs',
    'the longest that an answer took of those who got one, or was waited for by those who stay: a second at most; five where thousands come at once; where a server falls silent, until its check has failed',
  ],
  [
    'memory, KiB more',
    'memoryKiB',
    "resident at the end, over that at the begin; the bound leaves room to V8's heap, whose size moves",
  ],
  [
    'descriptors more',
    'descriptors',
    'open at the end, over those at the begin: at most some that are just passing',
  ],
] as const;

/** The results as a table of Markdown: a line each; behind a figure its bound. HAProxy is bound to
 *  nothing. */
export function table(tried: readonly Tried[], form: Form): string {
  const results = tried.filter((one): one is Result => one.figures !== undefined);
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
    const most = (name: string, bound: number | undefined) =>
      ours && bound !== undefined ? ` (${mostOf(name, bound, form)})` : '';
    return [
      ours ? scenario.name : '',
      subject,
      String(result.visits),
      String(result.cost),
      ...COLUMNS.map(([, key]) => `${figures[key]}${most(key, bounds[key])}`),
      Object.entries(further)
        .map(
          ([name, figure]) =>
            `${name}: ${figure}${most(name, scenario.further?.[name])}`,
        )
        .join('; '),
    ];
  });
  return [heads, heads.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}

/** A page of its own: how it was measured, what the columns promise, and the table.
 *  @param around  what it was run on and with; several: in parts */
export function report(
  tried: readonly Tried[],
  around: readonly Around[],
  form: Form,
): string {
  const { rate, stays, slack } = form;
  const failed = tried.filter(isBroken).map(brokenLine);
  const facts = around.map((one) =>
    Object.entries(one)
      .map(([name, value]) => `${name} ${value}`)
      .join('; '),
  );
  const columns = COLUMNS.map(([head, , promise]) => `- **${head}**: ${promise}.`);
  return `# What goes wrong, and what it costs

Made by \`npm run faults -- ${slack > 1 ? '--short ' : ''}--out docs/reliability.md\` ([testing](testing.md#faults)). In each line something goes wrong
while ${rate} clients a second come, ask for a page and leave, and ${stays} others stay and say a line a second; none of them
tries again. They reach two real servers over a director, each on a host of its own. Behind a figure stands in brackets
its bound, which is promised: the campaign fails where one is broken. HAProxy plays beside it where it has
the feature, on the same hosts with as frequent checks, and is bound to nothing. What a line needs and this machine
or this Node.js has not is left out.

- **clients**: how many there were. **it cost**: those who were on what the fault itself took: a server that died, a director that was
  killed. They count as lost nowhere else; where one of the two servers ails, of those who come meanwhile at most six in ten, and ten.
${columns.join('\n')}

${slack > 1 ? `This is the short form: fewer clients and rounds, and, beside other work on the machine, times of up to ${slack} times their bounds;\nthe table has them so.\n\n` : ''}Measured with: ${facts.join('.\nParts of it with: ')}.
${failed.length === 0 ? 'Every bound held.' : `What did not hold:\n\n${failed.map((line) => `- ${line}\n`).join('')}`}

${table(tried, form)}`;
}

/** HAProxy is bound to nothing but to play. */
function isBroken({ subject, figures, broken }: Tried): boolean {
  return broken.length > 0 && (subject === 'l4director' || figures === undefined);
}

function brokenLine({ scenario, subject, figures, broken }: Tried): string {
  // Lost clients, one by one, are no matter for a page.
  const why = broken.filter((line) => !line.startsWith('{')).join('; ');
  return `${scenario.name}${figures ? '' : ` (${subject})`}: ${why}`;
}
