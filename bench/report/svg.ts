/** Width of every chart, in its own units; a viewer scales it. */
export const WIDTH = 760;

/** A background of its own, and the other colours of a dark screen on one. */
const STYLE = `
    .ground { fill: #ffffff } text { fill: #1f2328; font: 13px system-ui, sans-serif }
    .title { font-weight: 600; font-size: 15px } .quiet { fill: #59636e }
    .axis { stroke: #d1d9e0 } .whisker { stroke: #1f2328; stroke-width: 1.5 }
    @media (prefers-color-scheme: dark) {
      .ground { fill: #0d1117 } text { fill: #f0f6fc } .quiet { fill: #9198a1 }
      .axis { stroke: #3d444d } .whisker { stroke: #f0f6fc }
    }`;

/** For subjects in their order; each stands out on white and on black. The first is the director's. */
const COLOURS = [
  '#2f81f7',
  '#8b949e',
  '#2da44e',
  '#bf8700',
  '#e16f24',
  '#a371f7',
  '#db61a2',
  '#1b9e9e',
];

export function colour(index: number): string {
  return COLOURS[index % COLOURS.length] ?? '';
}

/** A whole picture. @param body  elements of SVG */
export function picture(
  title: string,
  height: number,
  body: readonly string[],
): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">
  <title>${escaped(title)}</title>
  <style>${STYLE}
  </style>
  <rect class="ground" width="${WIDTH}" height="${height}" rx="6"/>
  ${[text(16, 26, title, 'title'), ...body].join('\n  ')}
</svg>
`;
}

/** @param anchor  which part of the words is at x */
export function text(
  x: number,
  y: number,
  words: string,
  style = '',
  anchor: 'start' | 'middle' | 'end' = 'start',
): string {
  const look = style === '' ? '' : ` class="${style}"`;
  return `<text x="${round(x)}" y="${round(y)}"${look} text-anchor="${anchor}">${escaped(words)}</text>`;
}

export function line(
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
  look: string,
): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" ${look}/>`;
}

/** Coordinates to a tenth. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
