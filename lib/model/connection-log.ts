/** Takes the lines of connections that have ended, from an engine. */
export interface ConnectionSink {
  /** Returns at once.
   *  @param text     whole lines, each with its newline
   *  @param lines    how many
   *  @param dropped  how many were lost before these, as nobody took them */
  write(text: string, lines: number, dropped: number): void;
}

/** Which connections of a service have a line: none; all; those that carried something or failed. */
export type Logged = 'none' | 'all' | 'not-null';
