/** Which lists of cards are closed, in this browser. */

const KEY = "bvp-cards-folded";

function known(): string[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}

export function isFolded(id: string): boolean {
  return known().includes(id);
}

export function setFolded(id: string, folded: boolean): void {
  const others = known().filter((each) => each !== id);
  try {
    localStorage.setItem(KEY, JSON.stringify(folded ? [...others, id] : others));
  } catch {
    // Browsers may keep nothing; then it holds until the page is left.
  }
}
