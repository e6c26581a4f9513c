/** A command line that cannot be meant. The message says what was expected. */
export class WrongUsage extends Error {}
