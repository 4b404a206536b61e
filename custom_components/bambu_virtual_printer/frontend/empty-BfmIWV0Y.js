import{f as e,r as t,u as n}from"./ha-Bk7M2UNj.js";function r(r,i,a=n){return e`<div class="empty">${t(r)}
<p>${i}</p>
${a}</div>`}export{r as t};