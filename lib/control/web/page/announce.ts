const EVERY_MS = 3_000;
const MOST = 3;

let waiting: string[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

/** Tells a screen reader; many at once in one breath, cut short. */
export function announce(text: string): void {
  waiting.push(text);
  timer ??= setTimeout(say, waiting.length > 1 ? EVERY_MS : 100);
}

function say(): void {
  const more = waiting.length - MOST;
  const text = waiting.slice(0, MOST).join('. ') + (more > 0 ? `. ${more} more.` : '.');
  waiting = [];
  timer = undefined;
  const element = document.getElementById('announcer');
  if (element) element.textContent = text;
}
