const CTRL_C = '\u0003';

/** As much of a terminal's input as is needed here. */
interface Keyboard {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  on(event: 'data', listener: (data: Buffer) => void): unknown;
  off(event: 'data', listener: (data: Buffer) => void): unknown;
  pause(): unknown;
}

/** Single keys from a terminal, until disposed; nothing where stdin is none.
 *  @param quit  for q and Ctrl-C, which is no signal while keys are read one by one */
export function readKeys(
  stdin: Keyboard,
  digit: (digit: number) => void,
  quit: () => void,
): Disposable {
  if (!stdin.isTTY) return { [Symbol.dispose]() {} };
  const listen = (data: Buffer) => {
    for (const key of data.toString()) {
      if (key === 'q' || key === CTRL_C) quit();
      else if (/\d/.test(key)) digit(Number(key));
    }
  };
  stdin.setRawMode?.(true);
  stdin.on('data', listen);
  return {
    [Symbol.dispose]() {
      stdin.off('data', listen);
      stdin.setRawMode?.(false);
      stdin.pause();
    },
  };
}
