import { setAttribute, svg } from './dom.ts';
import { type History, sparkPaths } from './history.ts';

/** A minute of a rate as a line. It says nothing that the number beside it does not. */
export interface Spark {
  readonly element: SVGElement;
  draw(history: History): void;
}

export function createSpark(width: number, height: number): Spark {
  const area = svg('path', { class: 'spark-area' });
  const line = svg('path', { class: 'spark-line' });
  const element = svg(
    'svg',
    {
      ...{ class: 'spark', viewBox: `0 0 ${width} ${height}`, width, height },
      ...{ 'aria-hidden': 'true', preserveAspectRatio: 'none' },
    },
    area,
    line,
  );
  return {
    element,
    draw(history) {
      const paths = sparkPaths(history.values(), { width, height });
      setAttribute(area, 'd', paths.area || undefined);
      setAttribute(line, 'd', paths.line || undefined);
    },
  };
}
