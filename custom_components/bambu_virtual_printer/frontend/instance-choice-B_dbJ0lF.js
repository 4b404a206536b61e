import{B as e,H as t}from"./shared-BcSZPcl1.js";function n(n,r,i,a){let o=r.instances??[];if(!o.length&&!i)return e;let s=o.some(({id:e})=>e===i)||!i?o:[...o,{id:i,value:`…`}];return t`<select
aria-label=${n.t(`archive.instance`)}
@change=${e=>a(e.target.value)}
>
<option value="" ?selected=${!i}>${n.t(`common.all_instances`)}</option>
${s.map(({id:e,value:n})=>t`<option value=${e} ?selected=${e===i}>${n}</option>`)}
</select>`}function r(e,t){return t?e.filter(e=>e.instance_id===t):e}export{r as n,n as t};