import type { RealServer, VirtualService } from './virtual-service.ts';

/** Whether the service has the server by a name, which may name it again at any time. */
export function isByName(
  real: Pick<RealServer, 'from'>,
  { options }: Pick<VirtualService, 'options'>,
): boolean {
  const { from } = real;
  return from !== undefined && options.realsFrom.some(({ name }) => name === from);
}
