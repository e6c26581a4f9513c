const EVERY_MS = 1_500;
const MOST = 3;

let waiting: string[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

/** Tells a screen reader; many at once in one breath, cut short. */
export function announce(text: string): void {
  waiting.push(text);
  if (timer === undefined) timer = setTimeout(say, EVERY_MS);
}

function say(): void {
  const more = waiting.length - MOST;
  const text = waiting.slice(0, MOST).join('. ') + (more > 0 ? `. ${more} more.` : '.');
  waiting = [];
  timer = undefined;
  const element = document.getElementById('announcer');
  if (element) element.textContent = text;
}
