import{_ as e,s as t,y as n}from"./element-BmZpzwS7.js";function r(r,i,a=e){return n`<div class="empty">${t(r)}
<p>${i}</p>
${a}</div>`}export{r as t};