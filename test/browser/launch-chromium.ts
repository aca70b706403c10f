// One Chromium for a test: a fresh profile, no network of its own, and every error on the page's console collected.
import { chromium, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { StudioError } from '#contract/errors.ts';
import { findChromium } from '#main/setup/chromium.ts';

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: 'light' | 'dark';
}

export interface LaunchedChromium {
  /** A page in a context of its own: own cookies, own storage. */
  open(url: string, options?: PageOptions): Promise<Page>;
  /** A further tab beside `page`, sharing its cookies. */
  openBeside(page: Page, url: string): Promise<Page>;
  /** A context as Playwright makes it, for a test that drives its pages itself. */
  newContext(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** What the consoles of all pages said in red so far, uncaught errors and failed requests included. */
  readonly errors: readonly string[];
  /** Pictures of the page in both schemes at 1280 × 800 and 400 × 800: `<name>-<scheme>-<width>.png` in the folder. Answers their paths. */
  picture(page: Page, folder: string, name: string): Promise<string[]>;
  close(): Promise<void>;
}

/** @throws StudioError `unsupported` where there is no Chromium, with what to install */
export async function launchChromium(): Promise<LaunchedChromium> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new StudioError('unsupported', 'This test needs Chromium, and there is none.', {
      whatToDo: 'On Debian: apt-get install chromium fonts-dejavu-core.',
    });
  }
  // Chromium's own sandbox needs rights that root in a container doesn't have; the pages are the project's own.
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    chromiumSandbox: false,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const errors: string[] = [];

  async function newPage(context: BrowserContext, url: string): Promise<Page> {
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => void errors.push(String(error)));
    await page.goto(url);
    return page;
  }

  return {
    async open(url, { width = 1280, height = 800, scheme = 'light' } = {}) {
      return newPage(
        await browser.newContext({ viewport: { width, height }, colorScheme: scheme, acceptDownloads: true, reducedMotion: 'reduce' }),
        url,
      );
    },
    openBeside: (page, url) => newPage(page.context(), url),
    newContext: (options) => browser.newContext(options),
    errors,
    async picture(page, folder, name) {
      const before = page.viewportSize();
      const paths: string[] = [];
      for (const colorScheme of ['light', 'dark'] as const)
        for (const width of [1280, 400]) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 800 });
          const path = `${folder}/${name}-${colorScheme}-${width}.png`;
          await page.screenshot({ path, animations: 'disabled' });
          paths.push(path);
        }
      await page.emulateMedia({ colorScheme: null });
      if (before !== null) await page.setViewportSize(before);
      return paths;
    },
    close: () => browser.close(),
  };
}
