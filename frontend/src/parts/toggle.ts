import { css, html, type TemplateResult } from "lit";

export const toggleStyles = css`
  input.toggle[type="checkbox"] {
    position: relative;
    flex: none;
    width: 44px;
    height: 24px;
    min-height: 0;
    margin-block: 10px;
    border: 2px solid var(--secondary-text-color);
    border-radius: 12px;
    appearance: none;
    background: none;
    cursor: pointer;
    transition: background-color var(--ha-animation-duration-fast, 0.15s);
  }
  /* As high as a finger. */
  input.toggle::before {
    position: absolute;
    inset: -12px -2px;
    content: "";
  }
  input.toggle::after {
    position: absolute;
    inset-block-start: 4px;
    inset-inline-start: 4px;
    width: 12px;
    height: 12px;
    border-radius: 50%;
    background: var(--secondary-text-color);
    content: "";
    transition: inset-inline-start var(--ha-animation-duration-fast, 0.15s);
  }
  input.toggle:checked {
    border-color: var(--primary-color);
    background: var(--primary-color);
  }
  input.toggle:checked::after {
    inset-inline-start: 24px;
    background: var(--text-primary-color, #fff);
  }
  input.toggle:disabled {
    opacity: 0.5;
    cursor: default;
  }
`;

/** An on/off switch. It shows what is, not what was asked for. */
export function toggle(options: {
  label: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}): TemplateResult {
  return html`<input
    type="checkbox"
    role="switch"
    class="toggle"
    aria-checked=${options.checked}
    aria-label=${options.label}
    title=${options.label}
    .checked=${options.checked}
    ?disabled=${options.disabled ?? false}
    @change=${(event: Event) => options.onChange((event.target as HTMLInputElement).checked)}
  />`;
}
