import type { Check, CheckResult, CheckTarget } from '../model/check.ts';
import { type ChildEnd, runChild } from './child.ts';
import { commandWords } from './command-words.ts';
import { describe, oneLine } from './message.ts';

/** `checktype = external`: up when the command exits with 0. It gets the virtual service's
 *  address (or mark) and port, the real server's address and port; IPv6 in brackets. On
 *  time-out it is killed with its children. Death by a signal is down (ldirectord: up). */
export const externalCheck: Check = async (target, { signal }) => {
  try {
    const [file = '', ...words] = await commandWords(target.checkcommand);
    return verdict(await runChild(file, [...words, ...serverWords(target)], signal));
  } catch (error) {
    return { up: false, message: describe(error) };
  }
};

/** The four arguments that say what to check. */
export function serverWords(target: CheckTarget): readonly string[] {
  const { virtual, virtualPort, address, realPort } = target;
  return [
    bracketed(virtual),
    String(virtualPort),
    bracketed(address),
    String(realPort),
  ];
}

/** Up with status 0, and nothing else is. */
export function verdict({ status, signal, output }: ChildEnd): CheckResult {
  const text = oneLine(output, 120);
  const said = text === '' ? '' : ` (it says "${text}")`;
  if (signal !== null)
    return { up: false, message: `killed by ${signal}: expected exit status 0${said}` };
  if (status === 0) return { up: true, message: `exit status 0${said}` };
  return { up: false, message: `exit status ${status}: expected 0${said}` };
}

function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}
