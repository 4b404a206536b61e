import { css } from "lit";

export const formStyles = css`
  .field {
    display: grid;
    gap: 4px;
    margin-bottom: 16px;
  }
  .field > label,
  .field > .label,
  fieldset > legend {
    padding: 0;
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s, 12px);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  fieldset {
    min-width: 0;
    margin: 0 0 16px;
    padding: 0;
    border: 0;
  }
  fieldset.rule {
    display: grid;
    grid-column: 1 / -1;
    grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
    gap: 0 16px;
    align-items: end;
    margin-bottom: 0;
  }
  fieldset.rule > legend {
    margin-bottom: 4px;
  }
  .options {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(200px, 1fr));
    gap: 0 16px;
  }
  .choice {
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 44px;
    cursor: pointer;
  }
  .choice[aria-disabled="true"] {
    color: var(--secondary-text-color);
    cursor: default;
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .choose {
    min-height: 44px;
    padding: 4px 16px;
    border: 1px solid var(--ha-color-border-neutral-normal, var(--divider-color));
    border-radius: var(--ha-border-radius-pill, 9999px);
    background: none;
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  .choose[aria-pressed="true"] {
    border-color: var(--primary-color);
    background: color-mix(in srgb, var(--primary-color) 20%, transparent);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .problem {
    color: var(--ha-color-on-danger-normal, var(--error-color));
  }
  [aria-invalid="true"] {
    border-color: var(--error-color);
  }
  .problem[slot] {
    flex: 1 0 100%;
    justify-content: flex-start;
  }
  summary {
    min-height: 44px;
    padding: 10px 0;
    cursor: pointer;
  }
`;
