import { loopback } from '../place.ts';
import { REALS } from './options.ts';

/** Services that look alike, each at an address of its own, before real servers that are one. */
export interface Shape {
  readonly services: number;
  /** Of all services. */
  readonly port: number;
  /** Of all real servers. */
  readonly realPort: number;
  readonly checktype: 'on' | 'connect';
}

/** @param log  path of the log file */
export function configuration(shape: Shape, log: string): string {
  const services = Array.from({ length: shape.services }, (_, n) => service(shape, n));
  return [`logfile="${log}"`, 'quiescent=yes', '', ...services].join('\n');
}

function service({ port, realPort, checktype }: Shape, n: number): string {
  const reals = Array.from(
    { length: REALS },
    (_, real) => `    real=${loopback('real', n * REALS + real)}:${realPort} masq\n`,
  );
  return `virtual=${loopback('service', n)}:${port}
${reals.join('')}    scheduler=rr
    protocol=tcp
    checktype=${checktype}
`;
}
