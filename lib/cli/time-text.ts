import { duration } from '../config/duration.ts';
import { reasonOf } from '../model/reason.ts';
import { WrongUsage } from './wrong-usage.ts';

/** The value of an option that is a time, in the form of the ini, or 0.
 *  @returns milliseconds. @throws WrongUsage */
export function timeOf(option: string, text: string): number {
  if (text === '0') return 0;
  try {
    return duration(text);
  } catch (error) {
    const what = reasonOf(error);
    throw new WrongUsage(`--${option} ${text}: ${what}`);
  }
}
