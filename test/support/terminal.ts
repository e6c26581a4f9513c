/** Colour codes as `show` writes them. */
export const COLOUR_CODES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  /\u001b\[\d+m/g;

/** What must not reach a terminal from outside, line ends aside. */
export const CONTROLS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
