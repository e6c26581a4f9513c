import { didYouMean } from '../../model/nearest.ts';
import { SCHEDULERS } from '../../schedulers/index.ts';

/** Why IPVS cannot be had at all, with the mend. */
export const LACKS = {
  program:
    'ipvsadm is not installed: "apt-get install ipvsadm", or whatever brings it here, mends that; or take another engine',
  right:
    "no permission to change the kernel's table of virtual servers: start as root, or give CAP_NET_ADMIN",
  ipvs: 'this kernel has no IPVS: "modprobe ip_vs" loads it where the module is there; otherwise take another engine',
} as const;

/** What ends every attempt, by what ipvsadm or the system says. The first that matches counts.
 *  Source: observed with ipvsadm 1.31. */
const UNUSABLE: readonly (readonly [RegExp, string])[] = [
  [/^ENOENT$/, LACKS.program],
  [/^EACCES$|must be root|Operation not permitted/, LACKS.right],
  [/Can't initialize ipvs/, LACKS.ipvs],
];

/** Why ipvsadm is of no use at all here; undefined: that was about one call.
 *  @param said  its message on one line, or the code of the error of starting it */
export function unusable(said: string): string | undefined {
  return UNUSABLE.find(([pattern]) => pattern.test(said))?.[1];
}

/** What it said, on one line of at most 300 characters. */
export function oneLine(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 300);
}

/** What the messages of refused calls mean, where they do not say it. */
const MEANING: readonly (readonly [RegExp, (scheduler: string) => string])[] = [
  [/^Scheduler or persistence engine not found/, unknownScheduler],
  [
    /^Numerical result out of range/,
    () => 'a lower threshold must not be above the upper one',
  ],
  [/^illegal weight/, () => 'a weight is 0 to 2147483647'],
  [/^illegal [ul]_threshold/, () => 'a threshold is 0 to 2147483647'],
];

/** A refused call in words, with the mend where it is known.
 *  @param said       by ipvsadm
 *  @param scheduler  of the service */
export function refusedInWords(said: string, scheduler: string): string {
  const meaning = MEANING.find(([pattern]) => pattern.test(said))?.[1];
  return `ipvsadm: ${said}${meaning ? `: ${meaning(scheduler)}` : ''}`;
}

function unknownScheduler(name: string): string {
  if (Object.hasOwn(SCHEDULERS, name))
    return `"modprobe ip_vs_${name}" loads it where the kernel has it`;
  const names = Object.keys(SCHEDULERS);
  const hint = didYouMean(name, names) || `; expected one of ${names.join(' ')}`;
  return `unknown scheduler "${name}"${hint}`;
}
