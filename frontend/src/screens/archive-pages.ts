import type { Client } from "../api/client";
import type { Archive, ArchiveQuery, Facets } from "../api/types";

const PAGE = 60;
const MAX_PAGE = 500;

/** The archives that were loaded so far for what is looked for. */
export class ArchivePages {
  items: readonly Archive[] = [];
  total = 0;
  /** Whether there are no more than `total`. */
  isTotalExact = true;
  facets: Facets | null = null;
  error: unknown = null;
  /** Whether anything was loaded for this search. */
  isKnown = false;
  isLoading = false;
  private cursor: string | null = null;
  private query: ArchiveQuery = {};
  private round = 0;

  constructor(
    private readonly api: () => Client,
    private readonly changed: () => void,
  ) {}

  get hasMore(): boolean {
    return this.cursor !== null;
  }

  /** Look for something else. What was found before stays until there is an answer. */
  load(query: ArchiveQuery): Promise<void> {
    this.query = query;
    return this.ask({ limit: PAGE }, true);
  }

  /** Look for the same again, for as many as are shown. */
  reload(): Promise<void> {
    return this.ask({ limit: Math.min(MAX_PAGE, Math.max(PAGE, this.items.length)) }, true);
  }

  /** Load the next page, unless one is being loaded. */
  async more(): Promise<void> {
    if (this.isLoading || this.cursor === null) return;
    await this.ask({ limit: PAGE, cursor: this.cursor }, false);
  }

  /** Show what the server has answered to a change. */
  replace(archives: readonly Archive[]): void {
    const byId = new Map(archives.map((each) => [each.id, each]));
    this.items = this.items.map((each) => byId.get(each.id) ?? each);
    this.changed();
  }

  remove(ids: readonly string[]): void {
    const before = this.items.length;
    this.items = this.items.filter((each) => !ids.includes(each.id));
    this.total -= before - this.items.length;
    this.changed();
  }

  private async ask(page: { limit: number; cursor?: string }, isFirst: boolean): Promise<void> {
    // Answers to what is no longer asked are of no use.
    const round = ++this.round;
    this.isLoading = true;
    this.changed();
    try {
      const found = await this.api().archives({ ...this.query, ...page, facets: isFirst });
      if (round !== this.round) return;
      const known = new Set(isFirst ? [] : this.items.map((each) => each.id));
      this.items = isFirst
        ? found.archives
        : [...this.items, ...found.archives.filter((each) => !known.has(each.id))];
      this.total = found.total;
      this.isTotalExact = found.is_total_exact;
      this.cursor = found.cursor;
      this.facets = found.facets ?? this.facets;
      this.error = null;
      this.isKnown = true;
    } catch (error) {
      if (round !== this.round) return;
      this.error = error;
    }
    this.isLoading = false;
    this.changed();
  }
}
