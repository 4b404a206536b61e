import{L as e,j as t,z as n}from"./shared-BFhIT7mv.js";function r(r,i,a=e){return n`<div class="empty">${t(r)}
<p>${i}</p>
${a}</div>`}export{r as t};