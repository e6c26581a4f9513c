import { descriptorsOf } from '../proc.ts';

const EVERY_MS = 50;

/** Counts the descriptors of a process every now and then until it is disposed of. */
export class DescriptorWatch implements Disposable {
  most = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.#timer = setInterval(() => {
      this.most = Math.max(this.most, descriptorsOf(pid));
    }, EVERY_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
