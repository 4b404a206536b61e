import{B as e,H as t,M as n}from"./shared-BcSZPcl1.js";function r(r,i,a=e){return t`<div class="empty">${n(r)}
<p>${i}</p>
${a}</div>`}export{r as t};