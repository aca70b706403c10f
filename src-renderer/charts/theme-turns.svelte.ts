// Counts how often the page turned dark or light, for drawings that have no style sheet and must be made again.

/** To be called where a component begins; reading `count` in an effect ties the effect to the theme. */
export function themeTurns(): { readonly count: number } {
  let count = $state(0);
  $effect(() => {
    const changed = (): void => {
      count += 1;
    };
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const watcher = new MutationObserver(changed);
    dark.addEventListener('change', changed);
    watcher.observe(document.documentElement, { attributes: true });
    return () => {
      dark.removeEventListener('change', changed);
      watcher.disconnect();
    };
  });
  return {
    get count() {
      return count;
    },
  };
}
