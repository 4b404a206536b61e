import { css } from "lit";

/** What the cards of both kinds of printers share. */
export const printerStyles = css`
  :host {
    display: block;
  }
  .card {
    display: flex;
    flex-direction: column;
    gap: 12px;
    height: 100%;
    padding: 12px 16px;
  }
  header {
    display: flex;
    align-items: center;
    gap: 4px;
  }
  .name {
    flex: 1;
    min-width: 0;
  }
  .name h3 {
    overflow: hidden;
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  dl {
    display: grid;
    grid-template-columns: max-content 1fr;
    align-items: center;
    gap: 0 16px;
    margin: 0;
  }
  dt {
    color: var(--secondary-text-color);
  }
  dd {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 4px;
    min-width: 0;
    min-height: 32px;
    margin: 0;
    overflow-wrap: anywhere;
  }
  .model {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
  }
  dd .icon-button .icon {
    --mdc-icon-size: 18px;
    width: 18px;
    height: 18px;
  }
  dd .icon-button {
    width: 36px;
    height: 32px;
  }
  @media (pointer: coarse) {
    dd .icon-button {
      width: 44px;
      height: 44px;
    }
  }
  code {
    font-family: var(--ha-font-family-code, monospace);
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .last {
    display: flex;
    align-items: center;
    gap: 12px;
    color: inherit;
  }
  .last bvp-picture {
    flex: none;
    width: 48px;
  }
  .last strong {
    display: block;
    overflow: hidden;
    font-weight: var(--ha-font-weight-medium, 500);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .last div {
    min-width: 0;
  }
  footer {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    margin-top: auto;
    padding-top: 4px;
  }
`;
