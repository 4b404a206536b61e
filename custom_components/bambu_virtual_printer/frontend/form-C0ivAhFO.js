import{S as e}from"./element-D4GfWBqq.js";var t=e`
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
  summary {
    min-height: 44px;
    padding: 10px 0;
    cursor: pointer;
  }
`;export{t};