import{A as e,I as t,R as n}from"./shared-CeHzzviU.js";function r(r,i,a=t){return n`<div class="empty">${e(r)}
<p>${i}</p>
${a}</div>`}export{r as t};