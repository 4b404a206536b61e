import { attempt, errorKey, isApiError, type App, type Tab } from "./app";
import { Client } from "./api/client";
import { Format } from "./format";
import { showToast } from "./ha";
import type { Hass } from "./hass";
import { BackendTexts, ENGLISH, loadWords, localeOf, translate, type Translate, type Words } from "./i18n";
import { navigate, routeUrl } from "./router";
import { Store } from "./store";

/** What a card can show. */
export const SHOWS = ["inbox", "queue", "printers", "wall"] as const;

/** One for the page, however many cards there are. */
const store = new Store(["inbox", "queue", "printers"]);
let users = 0;

/** Follow the library while a card is shown. Returns how to end that. */
export function follow(hass: Hass, listener: () => void): () => void {
  const unlisten = store.listen(listener);
  users++;
  store.start(hass.connection);
  return () => {
    unlisten();
    if (--users === 0) store.stop();
  };
}

export const library = () => store.state;

export interface Texts {
  readonly language: string;
  readonly words: Words;
  readonly backend: BackendTexts;
}

const loaded = new Map<string, Promise<Texts>>();
let latest: Words = {};

/** Those of what this page shows of ours, for the forms of editors, which ask at once. */
export const knownWords = () => latest;

export function textsOf(hass: Hass): Promise<Texts> {
  const { language } = hass;
  const found = loaded.get(language);
  if (found) return found;
  const loading = Promise.all([
    loadWords(language),
    BackendTexts.load(hass, language, formatOf(hass)),
  ]).then(([words, backend]) => {
    latest = words;
    return { language, words, backend };
  });
  loaded.set(language, loading);
  return loading;
}

function formatOf(hass: Hass, words: Words = ENGLISH): Format {
  return new Format(
    localeOf(hass.locale, words),
    hass.config,
    store.state.options.currency || hass.config.currency,
  );
}

/** What cards do things with, and say them: as the panel's screens. */
export function cardApp(hass: () => Hass, texts: Texts, from: EventTarget): App {
  const format = formatOf(hass(), texts.words);
  const backend = texts.backend.with(format);
  const t: Translate = (key, values) =>
    translate(texts.words, texts.language, format, key, values);
  const sayError = (error: unknown) =>
    (isApiError(error) ? backend.error(error) : null) ?? t(errorKey(error));
  const toast: App["toast"] = (said) => {
    const { message, action, duration = 4000 } =
      typeof said === "string" ? { message: said, action: undefined } : said;
    showToast(from, {
      message,
      duration,
      ...(action ? { action: { text: action.text, action: action.run } } : {}),
    });
  };
  return {
    api: new Client(hass),
    store,
    t,
    format,
    isAdmin: hass().user?.is_admin ?? false,
    shortcuts: false,
    say: (text) => backend.say(text),
    sayError,
    toast,
    go: (tab: Tab, id, query, replace) => navigate(routeUrl(tab, id, query), replace),
    url: routeUrl,
    visit: (path) => navigate(path),
    attempt: (work) => attempt(work, (error) => toast(sayError(error))),
    announce: () => undefined,
    cameras: () => [],
    recorded: () => Promise.resolve(new Map()),
    upload: () => undefined,
  };
}
