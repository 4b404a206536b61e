import { css, html, nothing, type TemplateResult } from "lit";

export const swatchStyles = css`
  .swatches {
    display: inline-flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px;
  }
  .swatch {
    display: inline-block;
    flex: none;
    width: 14px;
    height: 14px;
    border: 1px solid var(--secondary-text-color);
    border-radius: 50%;
  }
`;

/** A colour of a file as CSS; null when it is none, so that nothing else gets into a style. */
export function cssColor(color: string | null | undefined): string | null {
  return color && /^#([0-9a-f]{6}|[0-9a-f]{8})$/i.test(color) ? color : null;
}

/** One round patch of a filament's colour. */
export function swatch(color: string | null): TemplateResult | typeof nothing {
  const css = cssColor(color);
  return css
    ? html`<span class="swatch" style="background:${css}" title=${css} aria-hidden="true"></span>`
    : nothing;
}

/** Filaments in short: the patches and the materials' names. */
export function swatches(
  colors: readonly string[],
  types: readonly string[],
): TemplateResult | typeof nothing {
  const materials = [...new Set(types.filter(Boolean))];
  if (!colors.length && !materials.length) return nothing;
  return html`<span class="swatches"
    >${colors.slice(0, 8).map((color) => swatch(color))}<span>${materials.join(", ")}</span></span
  >`;
}
