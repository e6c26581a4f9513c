import { childEnvironment } from '../model/child-environment.ts';
import { runProgram } from './command.ts';
import type { Gate } from './gate.ts';
import type { Attempt, Hook } from './hook.ts';
import type { Message } from './message.ts';

/** How long after a change its program is still run, where those before it take their time. */
const KEEP_MS = 600_000;

/** Runs a program for each message, without a shell: what happened stands in its arguments and its
 *  environment ({@link commandWords}, {@link commandEnvironment}). One that fails is not run again.
 *  @param gate  bounds how many run at once */
export function createHookCommand(
  program: string,
  timeoutMs: number,
  gate: Gate,
): Hook {
  return {
    name: program,
    keepMs: KEEP_MS,
    send: (message, signal) =>
      gate.pass(async () => {
        let isLate = false;
        const env = { ...childEnvironment(), ...commandEnvironment(message) };
        const limits = { timeoutMs, signal, env };
        const problem = await runProgram(program, commandWords(message), limits, () => {
          isLate = true;
        });
        if (problem === undefined) return { taken: true };
        if (signal.aborted) return failed('the director ends', true);
        const late = isLate ? `not done within ${timeoutMs / 1000} s, ` : '';
        return failed(`${late}${problem}`, false);
      }),
  };
}

function failed(reason: string, again: boolean): Attempt {
  return { taken: false, again, reason };
}

/** `real up down tcp:10.1.1.19:80 10.1.1.21:80`, `service up down tcp:10.1.1.19:80`; for null `-`. */
export function commandWords(message: Message): readonly string[] {
  const { kind, from, to, service, real } = message;
  return [kind, from ?? '-', to ?? '-', service, ...(real === null ? [] : [real])];
}

/** Each field as `ALERT_NAME`, null as nothing, and all of it as `ALERT_JSON`. */
export function commandEnvironment(message: Message): NodeJS.ProcessEnv {
  const fields = Object.entries(message).map(([name, value]) => [
    `ALERT_${name.toUpperCase()}`,
    String(value ?? ''),
  ]);
  return { ...Object.fromEntries(fields), ALERT_JSON: JSON.stringify(message) };
}
