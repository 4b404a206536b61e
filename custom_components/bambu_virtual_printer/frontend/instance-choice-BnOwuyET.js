import{V as e,z as t}from"./shared-D5oqGH8r.js";function n(n,r,i,a){let o=r.instances??[];if(!o.length&&!i)return t;let s=o.some(({id:e})=>e===i)||!i?o:[...o,{id:i,value:`…`}];return e`<select
aria-label=${n.t(`archive.instance`)}
@change=${e=>a(e.target.value)}
>
<option value="" ?selected=${!i}>${n.t(`common.all_instances`)}</option>
${s.map(({id:t,value:n})=>e`<option value=${t} ?selected=${t===i}>${n}</option>`)}
</select>`}function r(e,t){return t?e.filter(e=>e.instance_id===t):e}export{r as n,n as t};