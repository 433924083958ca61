// Light, dark, or as the system has it.

export type Theme = 'auto' | 'light' | 'dark';
const KEY = 'hmas.theme';
const system = matchMedia('(prefers-color-scheme: dark)');

export const theme = (): Theme => (localStorage.getItem(KEY) as Theme | null) ?? 'auto';

export function applyTheme(): void {
  const chosen = theme();
  document.documentElement.dataset['theme'] = chosen === 'auto' ? (system.matches ? 'dark' : 'light') : chosen;
}

export function nextTheme(): void {
  const next: Record<Theme, Theme> = { auto: system.matches ? 'light' : 'dark', light: system.matches ? 'dark' : 'auto', dark: system.matches ? 'auto' : 'light' };
  localStorage.setItem(KEY, next[theme()]);
  applyTheme();
}

export function onTheme(changed: () => void): void {
  system.addEventListener('change', () => { applyTheme(); changed(); });
}

/** A colour of the current theme, for canvases. */
export const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
