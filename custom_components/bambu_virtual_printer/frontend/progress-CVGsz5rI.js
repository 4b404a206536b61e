import{_ as e,c as t,f as n}from"./ha-Bk7M2UNj.js";var r=e`
progress{width: 100%;height: 6px;overflow: hidden;border: 0;border-radius: 3px;appearance: none;background: var(--secondary-background-color);}progress::-webkit-progress-bar{background: var(--secondary-background-color);}progress::-webkit-progress-value{background: var(--primary-color);border-radius: 3px;}progress::-moz-progress-bar{background: var(--primary-color);border-radius: 3px;}`;function i(e,r,i){return n`<progress
max="100"
value=${t(e??void 0)}
aria-label=${r}
aria-valuetext=${i}
></progress>`}export{r as n,i as t};