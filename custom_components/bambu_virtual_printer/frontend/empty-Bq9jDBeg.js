import{V as e,j as t,z as n}from"./shared-D5oqGH8r.js";function r(r,i,a=n){return e`<div class="empty">${t(r)}
<p>${i}</p>
${a}</div>`}export{r as t};