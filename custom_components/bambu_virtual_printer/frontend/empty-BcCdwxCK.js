import{B as e,R as t,j as n}from"./shared-2mn8ZwXE.js";function r(r,i,a=t){return e`<div class="empty">${n(r)}
<p>${i}</p>
${a}</div>`}export{r as t};