const KEY = 'l4director-theme';
const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** What was chosen in this browser. */
export function theme(): Theme {
  const kept = read();
  return THEMES.find((one) => one === kept) ?? 'auto';
}

/** Where the browser keeps nothing, it holds until the page is left. */
function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export function setTheme(next: Theme): void {
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // as said above
  }
  show(next);
}

export function nextTheme(now: Theme): Theme {
  return THEMES[(THEMES.indexOf(now) + 1) % THEMES.length] ?? 'auto';
}

function show(next: Theme): void {
  document.documentElement.dataset.theme = next;
}

show(theme());
