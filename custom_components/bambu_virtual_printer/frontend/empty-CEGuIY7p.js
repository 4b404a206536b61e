import{_ as e,g as t,s as n}from"./element-DBCjQA95.js";function r(r,i,a=t){return e`<div class="empty">${n(r)}
    <p>${i}</p>
    ${a}</div>`}export{r as t};