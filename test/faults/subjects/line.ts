import { connect } from 'node:net';

/** One of HAProxy's line commands, on the control socket at that path. @returns '' while nobody is there */
export function ask(path: string, command: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const client = connect({ path }, () => client.write(`${command}\n`));
    client.setEncoding('latin1').on('data', (piece) => (text += piece));
    client.on('error', () => {}).on('close', () => resolve(text));
  });
}

/** The same, of a command that changes something. @throws when it is refused, or nobody is there */
export async function order(path: string, command: string): Promise<void> {
  const answer = await ask(path, command);
  if (answer === '' || answer.trim() !== '')
    throw new Error(`${command}: ${answer.trim() || 'no answer'}`);
}
