/** What stands between clients and real servers. */
export interface Subject extends AsyncDisposable {
  readonly name: 'l4director' | 'haproxy';
  /** Until all its real servers are up. */
  start(): Promise<void>;
  /** Its config is read again; settles when it is in force.
   *  @param broken  the file is none that can be read, and what was in force stays */
  reload(broken?: boolean): Promise<void>;
  /** The program is started anew; settles when the new one is in charge. */
  upgrade(): Promise<void>;
  /** Of the process that forwards. */
  pid(): Promise<number>;
  /** Orders something of a real server over the control socket: `weight 3`, `state drain`.
   *  @throws when it is refused */
  set(server: string, wish: string): Promise<void>;
  /** Whether clients are led to that real server. */
  leads(server: string): Promise<boolean>;
}
