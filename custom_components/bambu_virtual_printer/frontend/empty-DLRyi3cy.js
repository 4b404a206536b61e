import{g as e,s as t,v as n}from"./element-LbZIzi_j.js";function r(r,i,a=e){return n`<div class="empty">${t(r)}
    <p>${i}</p>
    ${a}</div>`}export{r as t};