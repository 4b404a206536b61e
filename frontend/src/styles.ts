import { css } from "lit";

/** Home Assistant's tokens and what all parts share. Directions are logical: some languages run the other way. */
export const shared = css`
  :host {
    box-sizing: border-box;
    color: var(--primary-text-color);
    font-family: var(--ha-font-family-body, Roboto, sans-serif);
    font-size: var(--ha-font-size-m, 14px);
    line-height: var(--ha-line-height-normal, 1.6);
  }
  *,
  *::before,
  *::after {
    /* Not inherited: what browsers put between, as in details, would not pass it on. */
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  h2 {
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  a {
    color: var(--ha-color-text-link, var(--primary-text-color));
  }
  :focus-visible {
    outline: 2px solid var(--ha-color-focus, var(--primary-text-color));
    outline-offset: 2px;
  }
  .secondary {
    color: var(--secondary-text-color);
  }
  .small {
    font-size: var(--ha-font-size-s, 12px);
  }
  .card {
    background: var(--ha-card-background, var(--card-background-color));
    border: 1px solid var(--ha-card-border-color, var(--divider-color));
    border-radius: var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px));
  }
  .icon {
    --mdc-icon-size: 20px;
    display: inline-flex;
    flex: none;
    width: 20px;
    height: 20px;
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 40px;
    padding: 4px 16px;
    border: 1px solid transparent;
    border-radius: var(--ha-border-radius-pill, 9999px);
    background: none;
    color: var(--primary-text-color);
    font: inherit;
    font-weight: var(--ha-font-weight-medium, 500);
    cursor: pointer;
    white-space: nowrap;
  }
  .button.primary {
    /* The accent itself is too light behind small letters. */
    background: color-mix(in srgb, var(--primary-color) 76%, #000);
    color: var(--text-primary-color, #fff);
  }
  .button.outlined {
    border-color: var(--ha-color-border-neutral-normal, var(--divider-color));
  }
  .button.danger {
    color: var(--ha-color-on-danger-normal, var(--error-color));
    border-color: currentColor;
  }
  .icon-button {
    --mdc-icon-size: 24px;
    display: inline-flex;
    flex: none;
    align-items: center;
    justify-content: center;
    width: 44px;
    height: 44px;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: none;
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  .icon-button .icon {
    --mdc-icon-size: 24px;
    width: 24px;
    height: 24px;
  }
  @media (hover: hover) {
    .button:not(:disabled):hover,
    .icon-button:not(:disabled):hover {
      background-image: linear-gradient(
        color-mix(in srgb, currentColor 8%, transparent),
        color-mix(in srgb, currentColor 8%, transparent)
      );
    }
  }
  .button:disabled,
  .icon-button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  @media (pointer: coarse) {
    .button {
      min-height: 44px;
    }
    /* A link in a line, as high as a finger. */
    .touch {
      padding-block: 12px;
      margin-block: -12px;
    }
  }
  input:not([type="checkbox"], [type="radio"]),
  select,
  textarea {
    width: 100%;
    min-height: 44px;
    padding: 8px 12px;
    border: 1px solid var(--ha-color-border-neutral-normal, var(--divider-color));
    border-radius: var(--ha-border-radius-md, 8px);
    background: var(--card-background-color);
    color: var(--primary-text-color);
    font: inherit;
  }
  input[type="checkbox"],
  input[type="radio"] {
    width: 24px;
    height: 24px;
    margin: 0;
    accent-color: var(--primary-color);
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .empty {
    display: grid;
    justify-items: center;
    gap: 16px;
    padding: 64px 16px;
    color: var(--secondary-text-color);
    text-align: center;
  }
  .empty .icon {
    --mdc-icon-size: 64px;
    width: 64px;
    height: 64px;
  }
  .empty .button .icon {
    --mdc-icon-size: 20px;
    width: 20px;
    height: 20px;
  }
  .alert {
    padding: 12px 16px;
    border: 1px solid var(--warning-color);
    border-radius: var(--ha-border-radius-md, 8px);
  }
  @media (prefers-contrast: more) {
    .card,
    .button,
    input,
    select,
    textarea {
      border-width: 2px;
      border-color: currentColor;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      transition: none !important;
      animation: none !important;
    }
  }
`;
