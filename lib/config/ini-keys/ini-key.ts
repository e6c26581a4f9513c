/** One key of l4director.ini: all that reader, hints and manual know of it. */
export interface IniKey<T> {
  readonly section:
    | 'net'
    | 'nftables'
    | 'checks'
    | 'alerts'
    | 'log'
    | 'metrics'
    | 'control'
    | 'daemon'
    | 'limits'
    /** Nothing for all: only a `[service ID]` has them. */
    | 'service'
    | 'dns'
    | 'peer'
    | 'web'
    | 'web user';
  /** As the file has it, where two sections have a key of that name; absent: the row's name. */
  readonly key?: string;
  /** A `[service ID]` section may set it for that one. */
  readonly perService: boolean;
  readonly syntax: string;
  /** @throws RangeError saying what was expected, as in "example" */
  readonly parse: (text: string) => T;
  /** What is hardly meant by such a value, in words; undefined: it is fine. */
  advise?(value: T): string | undefined;
  readonly default: T;
  readonly doc: string;
  /** The only services that it does something for; absent: all. */
  readonly only?: {
    readonly ids: RegExp;
    readonly words: string;
    /** A section of another service is refused with it; absent: told that it does nothing there. */
    readonly refused?: true;
  };
}
