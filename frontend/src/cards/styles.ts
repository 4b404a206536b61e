import { css } from "lit";

export const cardStyles = css`
  :host {
    display: block;
    height: 100%;
    container-type: inline-size;
  }
  .card {
    display: grid;
    align-content: start;
    gap: 4px;
    height: 100%;
    padding: 12px;
  }
  h2 {
    flex: 1;
    min-width: 0;
  }
  .head {
    display: flex;
    align-items: center;
    gap: 4px;
  }
  .fold {
    display: flex;
    align-items: center;
    gap: 8px;
    width: 100%;
    min-height: 44px;
    padding: 0 4px;
    border: 0;
    border-radius: var(--ha-border-radius-md, 8px);
    background: none;
    color: inherit;
    font: inherit;
    text-align: start;
    cursor: pointer;
  }
  .fold span {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .row {
    display: grid;
    grid-template-columns: 48px minmax(0, 1fr) auto;
    align-items: center;
    gap: 2px 12px;
    min-height: 56px;
    padding: 4px;
  }
  .row bvp-picture {
    width: 48px;
  }
  .text {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .text a {
    display: inline-block;
    color: inherit;
    font-weight: var(--ha-font-weight-medium, 500);
    text-decoration: none;
  }
  .handle {
    color: var(--secondary-text-color);
    cursor: grab;
    touch-action: none;
  }
  .acts {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 4px;
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 8px;
  }
  .spools {
    display: grid;
    gap: 4px;
    padding: 0 4px 8px;
  }
  .printer {
    grid-template-columns: 24px minmax(0, 1fr) auto;
  }
  .compact .row {
    grid-template-columns: minmax(0, 1fr) auto;
    min-height: 44px;
    padding-block: 2px;
  }
  .compact .row > bvp-picture,
  .compact .row > .icon {
    display: none;
  }
  .foot {
    display: flex;
    align-items: center;
    justify-content: space-between;
    padding: 4px;
  }
  .nothing {
    padding: 16px 8px;
    color: var(--secondary-text-color);
  }
  .wall {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr));
    align-items: start;
    gap: 8px 24px;
    padding: 8px;
  }
  .wall > div:not(.top) {
    container-type: inline-size;
  }
  .wall .top {
    display: flex;
    grid-column: 1 / -1;
    align-items: baseline;
    justify-content: space-between;
    gap: 16px;
  }
  .wall .top > * {
    font-size: var(--ha-font-size-2xl, 24px);
    font-weight: var(--ha-font-weight-normal, 400);
  }
  .wall .button {
    min-height: 64px;
    font-size: var(--ha-font-size-l, 16px);
  }
  .next {
    display: grid;
    grid-template-columns: minmax(96px, 180px) minmax(0, 1fr);
    align-items: center;
    gap: 12px 16px;
    padding: 4px;
  }
  .next .text a {
    font-size: var(--ha-font-size-xl, 20px);
  }
  .next .acts {
    flex: 1;
    justify-content: stretch;
    align-items: center;
    gap: 8px;
  }
  /* What else can be done stands beside the buttons, however many lines they take. */
  .next > .acts {
    grid-column: 1 / -1;
    flex-wrap: nowrap;
  }
  .next .acts .button {
    flex: 1 1 140px;
  }
  @container (max-width: 520px) {
    .row .acts:has(.button + .button) {
      grid-column: 1 / -1;
    }
  }
`;

export const scheduleStyles = css`
  .schedule {
    display: grid;
    gap: 8px;
    padding: 4px;
  }
  .schedule .name {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 8px;
  }
  .bar {
    position: relative;
    height: 28px;
    overflow: hidden;
    border-radius: var(--ha-border-radius-sm, 4px);
    background: var(--secondary-background-color);
  }
  .bar li {
    position: absolute;
    inset-block: 0;
    display: flex;
    align-items: center;
    overflow: hidden;
    padding-inline: 6px;
    border-inline-start: 2px solid var(--card-background-color);
    background: color-mix(in srgb, var(--primary-color) 24%, transparent);
    font-size: var(--ha-font-size-s, 12px);
    white-space: nowrap;
  }
  .bar li.active {
    background: color-mix(in srgb, var(--primary-color) 48%, transparent);
  }
  .marks {
    position: relative;
    height: 18px;
  }
  .marks span {
    position: absolute;
    padding-inline-start: 3px;
    border-inline-start: 1px solid var(--divider-color);
    white-space: nowrap;
  }
`;
