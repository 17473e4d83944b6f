import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { CHROMIUM } from "./find_chromium_double.ts";

/** A page that was opened, and what it should not have done. */
export interface OpenedPage {
  readonly page: Page;
  /** Messages on the console, errors, dialogs, and requests for anything but the file itself. */
  readonly complaints: string[];
}

/** Opens a file by its path, or the page of a server on this machine by its address. */
export type OpenPage = (path: string, options?: BrowserContextOptions) => Promise<OpenedPage>;

/** A test with a Chromium and an empty folder of its own; both are gone when it has ended. */
export function chromiumTest(
  name: string,
  action: (folder: string, open: OpenPage) => Promise<void>,
): void {
  Deno.test({
    name,
    // The connection to the browser is not all closed when it has ended.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const folder = await Deno.makeTempDir();
      try {
        await withChromium((open) => action(folder, open));
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

async function withChromium(action: (open: OpenPage) => Promise<void>): Promise<void> {
  const browser: Browser = await chromium.launch({
    ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
    // Its sandbox needs rights that containers often lack; it opens only files made here.
    args: ["--no-sandbox"],
  });
  try {
    await action(async (path, options = {}) => {
      const context = await browser.newContext({ locale: "ja-JP", ...options });
      const page = await context.newPage();
      const complaints: string[] = [];
      const isServed = path.startsWith("http://127.0.0.1:");
      const address = isServed ? path : `file://${path}`;
      const isOwn = (url: string) =>
        url.split("#")[0] === address || isServed && url === `${address}state`;
      page.on("console", (message) => complaints.push(`console: ${message.text()}`));
      page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
      page.on("dialog", (dialog) => {
        complaints.push(`dialog: ${dialog.message()}`);
        dialog.dismiss();
      });
      page.on("request", (request) => {
        if (!isOwn(request.url())) complaints.push(`request: ${request.url()}`);
      });
      await page.goto(address);
      return { page, complaints };
    });
  } finally {
    await browser.close();
  }
}
