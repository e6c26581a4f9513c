import { OPTION_ROWS } from './arguments.ts';
import { COMMANDS } from './commands.ts';

const TYPED_WIDTH = 20;
const OPTION_WIDTH = 19;
const SUMMARY_WIDTH = 53;

/** What --help prints. */
export function helpText(): string {
  const actions = Object.values(COMMANDS).map(
    ({ typed, summary }) => `  l4heartbeat ${typed.padEnd(TYPED_WIDTH)}${summary}\n`,
  );
  const options = OPTION_ROWS.map(({ typed, summary, byDefault }) => {
    const text = byDefault ? `${summary.padEnd(SUMMARY_WIDTH)}(${byDefault})` : summary;
    return `  ${typed.padEnd(OPTION_WIDTH)}${text}\n`;
  });
  return `l4heartbeat: one address on one of two hosts, with Heartbeat's files and Heartbeat's protocol

${actions.join('')}
${options.join('')}`;
}
